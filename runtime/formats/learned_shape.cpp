#include "runtime/formats/learned_shape.h"

#include <algorithm>

#include "runtime/formats/line_buffer.h"

namespace millrace {
namespace {

constexpr int kStreakToRelearn = 8;
/// While rows differ from what is expected, those behind them are placed anew; so often within a block.
constexpr int kReplacementsMax = 16;
/// Blocks whose fields are all placed at once after late ones were wanted of most rows.
constexpr int kBlocksAtOnce = 64;
/// Blocks whose colons are indexed before unmarked rows are tried again.
constexpr int32_t kBlocksToMark = 64;
/// What is expected of odd rows has been of use when so many were placed by it.
constexpr int64_t kOddRowsToTrust = 64;
/// Lessons about odd rows that are passed over at most, and those up to which rows are placed anew after one.
constexpr int kLongestOddPause = 4096;
constexpr int kOddPauseToPlace = 16;

std::vector<WantedKey> wanted_keys(const abi::ScanSpec& spec) {
  std::vector<WantedKey> keys;
  for (const abi::FieldSpec& field : spec.fields) keys.emplace_back(field.name);
  return keys;
}

}  // namespace

LearnedShape::LearnedShape(const abi::ScanSpec& spec, const JsonSweeps& sweeps)
    : JsonScan{-1, nullptr, 0, nullptr, nullptr, nullptr, 0},
      keys_(wanted_keys(spec)),
      key_table_(keys_),
      plain_values_(spec.fields),
      scan_record_(sweeps.scan_record),
      place_rows_(sweeps.place_rows),
      place_late_(sweeps.place_late_fields),
      first_(spec, keys_),
      second_(spec, keys_),
      strict_(spec.strict),
      learnable_(!spec.strict) {
  for (const abi::FieldSpec& field : spec.fields) {
    // The straight path reads so many bytes in front of a colon, which are there for any colon only up to this size.
    if (field.name.size() + 16 > kFrontPadding) learnable_ = false;
  }
  current_.ordinals.resize(keys_.size());
  found_.ordinals.resize(keys_.size());
}

bool LearnedShape::scan_record(std::string_view record, std::span<const uint32_t>* structure) {
  constexpr size_t kSlack = 64;
  if (structure_.size() < record.size() + kSlack) structure_.resize(record.size() + kSlack);
  const uint32_t* end = scan_record_(record.data(), record.size(), structure_.data());
  if (end == nullptr) return false;
  *structure = {structure_.data(), static_cast<size_t>(end - structure_.data())};
  return true;
}

void LearnedShape::place_rows(const abi::LineBlock& block, int64_t from, int64_t to) {
  const auto rows = static_cast<size_t>(to - from);
  if (known_.size() < rows) {
    known_.resize(rows);
    placed_.resize(rows * keys_.size() + ExpectedRecord::kFieldsAtOnce);
  }
  known = known_.data();
  placed = placed_.data();
  if (place_rows_ == nullptr) {  // nothing is expected: nothing is known
    std::fill_n(known_.begin(), rows, uint64_t{0});
    return;
  }
  judge_odd_rows();
  judge_late_fields();
  placed_from_ = from;
  placed_to_ = to;
  replacements_left_ = kReplacementsMax;
  odd().note_rows(to - from);
  unmarked_only_ -= unmarked_only_ > 0;
  if (usual().note_rows(to - from) && block.blocks_to_mark != nullptr) *block.blocks_to_mark = unmarked_only_ = kBlocksToMark;
  odd_rows_ = 0;
  place_anew(block, from);
  if (places_marked(block)) learn_from_marked(block);
}

void LearnedShape::place_anew(const abi::LineBlock& block, int64_t from) {
  const auto first = static_cast<size_t>(from - placed_from_);
  const int64_t odd_rows = place_rows_(usual().expected(), odd().expected(), block, from, placed_to_, places_marked(block),
                                       placed_.data() + first * keys_.size(), known_.data() + first);
  odd_rows_ += odd_rows;
  odd_served_ += odd_rows;
}

/// Rows with marks are read without a call, so that nobody tells of those that are not as expected: once in a block one of them is looked at,
/// where they are more than a few.
void LearnedShape::learn_from_marked(const abi::LineBlock& block) {
  int64_t regular = 0;
  int64_t misfits = 0;
  int64_t sample = -1;
  const int64_t preferred = placed_from_ + marked_lessons_ * 37 % (placed_to_ - placed_from_);
  for (int64_t row = placed_from_; row < placed_to_; ++row) {
    if (block.row_flags[row] != 0) continue;
    ++regular;
    if (known_[static_cast<size_t>(row - placed_from_)] != 0) continue;
    ++misfits;
    if (sample < preferred) sample = row;
  }
  if (misfits * 8 <= regular) return;
  const uint32_t begin = block.row_begin[sample];
  const uint32_t* const marks = block.marks + block.mark_begin[sample];
  colons_.assign(marks, block.marks + block.mark_begin[sample + 1]);
  for (uint32_t& colon : colons_) colon -= begin;
  const std::string_view record(block.base + begin, block.row_end[sample] - begin);
  if (!learns(record, colons_, marked_lessons_++)) return;
  odd_rows_ = 0;
  place_anew(block, placed_from_);
}

/// What most rows are like is the usual record, whichever came first.
void LearnedShape::judge_odd_rows() {
  if (odd_rows_ * 2 > placed_to_ - placed_from_) usual_is_first_ = !usual_is_first_;
  odd_rows_ = 0;
  odd().leave_late_fields(false);
}

/// Where most rows come to use their late fields, finding them at once is cheaper.
void LearnedShape::judge_late_fields() {
  if (late_rows_ * 2 > placed_to_ - placed_from_) blocks_at_once_ = kBlocksAtOnce;
  late_rows_ = 0;
  usual().leave_late_fields(blocks_at_once_ == 0);
  blocks_at_once_ -= blocks_at_once_ > 0;
}

void LearnedShape::learn_from_unmarked(const abi::LineBlock& block, int64_t row, std::string_view record,
                                       std::span<const uint32_t> colons) {
  if (!learns(record, colons, row)) return;
  const bool is_placed = row >= placed_from_ && row < placed_to_;
  if (place_rows_ == nullptr || !is_placed) return;
  const auto next = static_cast<size_t>(row + 1 - placed_from_);
  if (replacements_left_ == 0) {
    // What is pending of the rows behind would be looked for where the new record has it.
    std::fill(known_.begin() + static_cast<ptrdiff_t>(next), known_.begin() + (placed_to_ - placed_from_), uint64_t{0});
    return;
  }
  --replacements_left_;
  place_anew(block, row + 1);
}

/// What is too strange for the usual record to change may be what odd ones are like. Those need not come one after the other to be believed.
bool LearnedShape::learns(std::string_view record, std::span<const uint32_t> colons, int64_t row) {
  using Lesson = RecordExpectation::Lesson;
  const Lesson lesson = usual().learn_from(record, colons, row);
  if (lesson != Lesson::Strange) return lesson == Lesson::Learned;
  if (odd_pause_ > 0) {
    --odd_pause_;
    return false;
  }
  return odd().learn_from(record, colons, odd_lessons_++) == Lesson::Learned && is_odd_lesson_worth_it();
}

/// Odd rows may be of many kinds, none of which comes often: what was learned of the last one has hardly served, and so it will be with this one. Then
/// the next ones are listened to more and more rarely, and no row is placed anew for it.
bool LearnedShape::is_odd_lesson_worth_it() {
  const bool has_served = odd_served_ >= kOddRowsToTrust;
  next_odd_pause_ = has_served ? 1 : std::min(next_odd_pause_ * 2, kLongestOddPause);
  odd_pause_ = next_odd_pause_;
  odd_served_ = 0;
  return next_odd_pause_ <= kOddPauseToPlace;
}

void LearnedShape::adopt(const RecordShape& shape) {
  current_ = shape;
  mark_count = current_.mark_count;
  ordinal = current_.ordinals.data();
  streak_ = 0;
}

void LearnedShape::learn_from_found(int64_t row) {
  if (!learnable_) return;
  if (mark_count < 0) return adopt(found_);
  const bool consecutive = row == 0 || row == last_row_ + 1;
  last_row_ = row;
  if (found_ == current_) return;
  if (!consecutive || !(found_ == candidate_)) {
    candidate_ = found_;
    streak_ = 0;
  }
  if (++streak_ >= kStreakToRelearn) adopt(candidate_);
}

}  // namespace millrace
