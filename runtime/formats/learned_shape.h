#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/json_scan.h"
#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/expected_record.h"
#include "runtime/formats/line_indexer.h"
#include "runtime/formats/plain_values.h"
#include "runtime/formats/wanted_key.h"

namespace millrace {

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
  LearnedShape(const abi::ScanSpec& spec, const JsonSweeps& sweeps);

  const std::vector<WantedKey>& keys() const { return keys_; }
  bool strict() const { return strict_; }
  /// Offsets of the record's colons and braces and how many there are; false when a string is open. Valid until the next call.
  bool scan_record(std::string_view record, std::span<const uint32_t>* structure);
  const KeyTable& key_table() const { return key_table_; }
  const PlainValues& plain_values() const { return plain_values_; }
  /// Filled by the locator for the row at hand.
  RecordShape& found() { return found_; }

  /// Places the fields of unmarked rows; asks for marks when few rows are as expected.
  void place_rows(const abi::LineBlock& block, int64_t from, int64_t to);
  /// The late fields of a row that place_rows has left pending; false when it is not as expected.
  bool place_late(const abi::LineBlock& block, int64_t row, abi::JsonField* fields) {
    ++late_rows_;
    return place_late_(usual().expected(), block, row, fields);
  }
  /// An unmarked row was not as expected; `colons` are offsets from the record's first byte. The rows behind it are placed anew
  /// when something else is expected from now on.
  void learn_from_unmarked(const abi::LineBlock& block, int64_t row, std::string_view record, std::span<const uint32_t> colons);

  /// The row did not fit the learned shape; `found()` is its own. Rows of a block are told by their numbers.
  void learn_from_found(int64_t row);

 protected:
  // Of the rows that were placed last, as JsonScan has them.
  uint64_t* known_words() { return known_.data(); }
  abi::JsonField* places() { return placed_.data(); }

 private:
  void adopt(const RecordShape& shape);
  void judge_late_fields();
  void judge_odd_rows();
  /// Whether the rows that were placed last have marks, and not for want of rows that are as expected.
  bool places_marked(const abi::LineBlock& block) const {
    return unmarked_only_ == 0 && block.mark_begin[placed_to_] > block.mark_begin[placed_from_];
  }
  void place_anew(const abi::LineBlock& block, int64_t from);
  void learn_from_marked(const abi::LineBlock& block);
  bool learns(std::string_view record, std::span<const uint32_t> colons, int64_t row);
  bool is_odd_lesson_worth_it();
  RecordExpectation& usual() { return usual_is_first_ ? first_ : second_; }
  RecordExpectation& odd() { return usual_is_first_ ? second_ : first_; }

  std::vector<WantedKey> keys_;
  KeyTable key_table_;
  PlainValues plain_values_;
  RecordScanner scan_record_;
  RowPlacer place_rows_;
  LatePlacer place_late_;
  RecordExpectation first_;   ///< of the records that most rows are like, and of those that some others are: such as
  RecordExpectation second_;  ///< rows in which a sensor has nothing to tell, or the two kinds of a stream
  bool usual_is_first_ = true;
  int64_t odd_rows_ = 0;      ///< of the rows that were placed last
  int64_t odd_served_ = 0;    ///< of all rows since something else is expected of odd ones
  int64_t odd_lessons_ = 0;
  int odd_pause_ = 0;         ///< so many lessons about odd rows are not listened to
  int next_odd_pause_ = 1;
  int64_t marked_lessons_ = 0;
  int unmarked_only_ = 0;     ///< so many blocks have marks because few rows were as expected
  std::vector<abi::JsonField> placed_;
  std::vector<uint64_t> known_;
  int64_t late_rows_ = 0;    ///< since the rows were placed that were placed last
  int blocks_at_once_ = 0;   ///< so many blocks get all their fields placed at once
  int64_t placed_from_ = 0;  ///< the rows that were placed last
  int64_t placed_to_ = 0;
  int replacements_left_ = 0;
  std::vector<uint32_t> structure_;
  std::vector<uint32_t> colons_;  ///< of a row that is looked at
  bool strict_;
  bool learnable_;
  RecordShape current_;
  RecordShape candidate_;
  RecordShape found_;
  int streak_ = 0;
  int64_t last_row_ = -1;
};

}  // namespace millrace
