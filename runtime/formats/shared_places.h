#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/learned_shape.h"
#include "runtime/formats/line_indexer.h"

namespace millrace {

/// Where the fields that several pipelines read of a json source lie, and what numbers they are: found once for each block of lines, by
/// whichever pipeline comes first, for all rows whatever their shape. Used by one thread: each worker has its own.
class SharedPlaces final : public LearnedShape {
 public:
  /// `spec`: every field that one of the pipelines reads, abi::kKnownFieldsMax of them at most, none of them late.
  SharedPlaces(const abi::ScanSpec& spec, const JsonSweeps& sweeps);

  /// Does nothing when it was done before.
  void place(const abi::LineBlock& block);
  /// Of a row that place() could not be sure of; see mr_json_shared_row_is_good.
  bool is_good(const abi::LineBlock& block, int64_t row, uint64_t wanted) const;
  /// How often lines were placed.
  int64_t blocks_placed() const { return blocks_placed_; }

 private:
  struct ParsedField {
    uint32_t field = 0;
    bool is_double = false;
  };
  uint64_t place_unexpected(const abi::LineBlock& block, int64_t row, abi::JsonField* fields);
  bool place_by_marks(const abi::LineBlock& block, int64_t row, abi::JsonField* fields) const;
  void read_values(const abi::LineBlock& block);

  std::vector<ParsedField> parsed_;
  std::vector<int64_t> values_;
  const abi::LineBlock* block_ = nullptr;  ///< whose lines were placed last; only to compare
  int64_t serial_ = 0;
  int64_t blocks_placed_ = 0;
};

}  // namespace millrace
