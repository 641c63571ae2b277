#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/scan_spec.h"
#include "runtime/formats/line_indexer.h"

/// Decodes json text to printable rows in every way that a query may: what the differential tests and the fuzz target compare.
namespace millrace::testing {

/// How fields are found.
enum class Finding {
  Placed,     ///< as generated code does over unmarked rows: where the expected record has them, else by the general function
  PlacedLate, ///< the same, with fields that are found when they are first wanted
  PlacedMarked,  ///< the same, of rows that have marks
  Straight,   ///< as generated code does: by the learned ordinals, with the general function when they do not hold
  Marks,      ///< the general function for every row
  Shared,     ///< as generated code does of a scan that several pipelines share: all rows are placed at once, numbers read
  SharedMarked,  ///< the same, of rows that have marks
  Structure,  ///< the general function for every row, told that it is nested
  Naive,      ///< byte by byte, in the test's own words
};

/// All but the naive one, those next to each other that have much in common.
inline constexpr Finding kFindings[] = {Finding::Placed, Finding::PlacedLate, Finding::Straight, Finding::PlacedMarked, Finding::Marks, Finding::Structure,
                                        Finding::Shared, Finding::SharedMarked};

/// One text for each row: `error`, or the fields' values separated by `|`, each read by its type (`!` where reading finds it malformed).
std::vector<std::string> decode_rows(std::string_view text, const abi::ScanSpec& spec, const JsonSweeps& sweeps, Finding finding);

/// Runs these variants (all that the machine has, unless told otherwise) and ways of finding over the text and returns what differs first from the naive one,
/// or an empty string. Rows that name a wanted key twice may differ and are passed over.
std::string find_difference(std::string_view text, const abi::ScanSpec& spec, std::span<const JsonSweeps> variants = json_sweeps(),
                            std::span<const Finding> findings = kFindings);

}  // namespace millrace::testing
