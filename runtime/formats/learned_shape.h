#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/json_scan.h"
#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/line_indexer.h"

namespace millrace {

/// A key that is looked for in flat records: its last eight bytes, quote in front included where they reach so far, decide
/// in one compare; longer keys are then compared in full.
struct WantedKey {
  std::string text;
  uint64_t tail = 0;
  uint64_t tail_mask = 0;

  explicit WantedKey(std::string key);

  /// Whether the string whose closing quote is at `close` is this key, no quote or backslash being in it.
  bool matches(const char* close) const;
};

/// Where the wanted keys stand among the colons of a flat record.
struct RecordShape {
  int64_t mark_count = -1;
  std::vector<uint32_t> ordinals;  ///< by field

  bool operator==(const RecordShape&) const = default;
};

/// The shape that the straight path relies on, and the one that may replace it. The first whole record is learned at
/// once; later a shape has to fit several consecutive rows that the straight path could not take, so that single odd
/// records and sources that mix shapes do not make it change its mind for every row.
class LearnedShape : public abi::JsonScan {
 public:
  LearnedShape(const abi::ScanSpec& spec, RecordScanner scan_record);

  const std::vector<WantedKey>& keys() const { return keys_; }
  bool strict() const { return strict_; }
  /// Offsets of the record's colons and braces and how many there are; false when a string is open. Valid until the next call.
  bool scan_record(std::string_view record, std::span<const uint32_t>* structure);
  /// Which key was last seen at a colon's ordinal: the first one to try. -1: none.
  std::vector<int32_t>& expected() { return expected_; }
  /// Filled by the locator for the row at hand.
  RecordShape& found() { return found_; }

  /// The row did not fit the learned shape; `found()` is its own. Rows of a block are told by their numbers.
  void learn_from_found(int64_t row);

 private:
  void adopt(const RecordShape& shape);

  std::vector<WantedKey> keys_;
  RecordScanner scan_record_;
  std::vector<uint32_t> structure_;
  bool strict_;
  bool learnable_;
  RecordShape current_;
  RecordShape candidate_;
  RecordShape found_;
  int streak_ = 0;
  int64_t last_row_ = -1;
  std::vector<int32_t> expected_;
};

}  // namespace millrace
