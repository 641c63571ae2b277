#include "runtime/formats/learned_shape.h"

#include <algorithm>
#include <cstring>

#include "runtime/formats/line_buffer.h"

namespace millrace {
namespace {

constexpr int kStreakToRelearn = 8;
constexpr size_t kTailBytes = sizeof(uint64_t);

}  // namespace

WantedKey::WantedKey(std::string key) : text(std::move(key)) {
  if (text.find_first_of("\"\\") != std::string::npos) {
    tail = 1;  // cannot be written without an escape, so that no flat record has it: a pattern that never matches
    return;
  }
  std::string quoted = '"' + text;
  const size_t size = std::min(quoted.size(), kTailBytes);
  char bytes[kTailBytes] = {};
  char mask[kTailBytes] = {};
  std::memcpy(bytes + kTailBytes - size, quoted.data() + quoted.size() - size, size);
  std::memset(mask + kTailBytes - size, 0xff, size);
  std::memcpy(&tail, bytes, kTailBytes);
  std::memcpy(&tail_mask, mask, kTailBytes);
}

bool WantedKey::matches(const char* close) const {
  uint64_t bytes;
  std::memcpy(&bytes, close - kTailBytes, kTailBytes);
  if ((bytes & tail_mask) != tail) return false;
  if (text.size() < kTailBytes) return true;
  const char* begin = close - text.size();
  return begin[-1] == '"' && std::memcmp(begin, text.data(), text.size()) == 0;
}

LearnedShape::LearnedShape(const abi::ScanSpec& spec, RecordScanner scan_record)
    : JsonScan{-1, nullptr, 0}, scan_record_(scan_record), strict_(spec.strict), learnable_(!spec.strict) {
  for (const abi::FieldSpec& field : spec.fields) {
    keys_.emplace_back(field.name);
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
