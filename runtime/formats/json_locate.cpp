#include "runtime/formats/json_locate.h"

#include <bitset>
#include <cstring>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/learned_shape.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/utf8_check.h"

namespace millrace {
namespace {

using abi::LineBlock;
using abi::StringRef;

constexpr uint32_t kUnseen = UINT32_MAX;

std::string_view row_text(const LineBlock& block, int64_t row) {
  return {block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]};
}

/// The field whose key's closing quote is at `close`, or -1. What stood at this ordinal in the last record is tried first.
int32_t find_wanted_key(const std::vector<WantedKey>& keys, const char* close, int32_t expected) {
  if (expected >= 0 && keys[static_cast<size_t>(expected)].matches(close)) return expected;
  for (size_t f = 0; f < keys.size(); ++f) {
    if (keys[f].matches(close)) return static_cast<int32_t>(f);
  }
  return -1;
}

/// A flat record without escapes: every mark is a colon of its one object, every quote opens or closes a string. Learns the
/// shape when all keys are there, once each, with nothing between quote and colon.
void locate_flat(LearnedShape& shape, const LineBlock& block, int64_t row, StringRef* fields) {
  const std::vector<WantedKey>& keys = shape.keys();
  const uint32_t* marks = block.marks + block.mark_begin[row];
  const size_t mark_count = block.mark_begin[row + 1] - block.mark_begin[row];
  std::vector<int32_t>& expected = shape.expected();
  if (expected.size() < mark_count) expected.resize(mark_count, -1);
  RecordShape& found = shape.found();
  found.mark_count = static_cast<int64_t>(mark_count);
  for (uint32_t& ordinal : found.ordinals) ordinal = kUnseen;

  size_t seen = 0;
  bool exact = true;
  for (size_t m = 0; m < mark_count; ++m) {
    const char* colon = block.base + marks[m];
    const char* close = colon - 1;
    while (is_json_blank(*close)) --close;
    if (*close != '"') continue;
    const int32_t f = find_wanted_key(keys, close, expected[m]);
    expected[m] = f;
    if (f < 0) continue;
    uint32_t& ordinal = found.ordinals[static_cast<size_t>(f)];
    exact = exact && ordinal == kUnseen && close == colon - 1;
    seen += ordinal == kUnseen;
    ordinal = static_cast<uint32_t>(m);
    fields[f] = {colon + 1, 0};
  }
  if (seen == keys.size() && exact) shape.learn_from_found(row);
}

/// Walks over all tokens of a record and tells the fields of its outermost object.
class RecordWalker {
 public:
  RecordWalker(const std::vector<WantedKey>& keys, std::string_view text, StringRef* fields)
      : keys_(keys), p_(text.data()), end_(text.data() + text.size()), fields_(fields) {}

  /// False unless the text is one object, strings closed, brackets matching, not nested too deep.
  bool walk() {
    p_ = skip_json_blanks(p_, end_);
    if (p_ == end_ || *p_ != '{') return false;
    while (p_ < end_) {
      if (!step()) return false;
      if (depth_ == 0) return skip_json_blanks(p_, end_) == end_;
    }
    return false;
  }

 private:
  bool step() {
    const char c = *p_;
    switch (c) {
      case '"': return string();
      case '{':
      case '[': return open(c == '{');
      case '}':
      case ']': return close(c == '}');
      case ' ':
      case '\t':
      case '\r': break;
      case ':':
        if (depth_ == 1 && key_.data() != nullptr) field();
        key_ = {};
        break;
      default: key_ = {}; break;
    }
    ++p_;
    return true;
  }

  bool string() {
    const char* close = find_string_close(p_ + 1, end_);
    if (close == nullptr) return false;
    key_ = {p_ + 1, static_cast<size_t>(close - p_ - 1)};
    p_ = close + 1;
    return true;
  }

  bool open(bool object) {
    if (depth_ == kJsonDepthMax) return false;
    is_object_[static_cast<size_t>(depth_++)] = object;
    key_ = {};
    ++p_;
    return true;
  }

  bool close(bool object) {
    if (depth_ == 0 || is_object_[static_cast<size_t>(--depth_)] != object) return false;
    key_ = {};
    ++p_;
    return true;
  }

  void field() {
    for (size_t f = 0; f < keys_.size(); ++f) {
      if (is_key(keys_[f].text)) fields_[f] = {p_ + 1, 0};
    }
  }

  bool is_key(std::string_view wanted) const {
    if (key_.size() < wanted.size()) return false;  // decoding never makes a text longer
    if (std::memchr(key_.data(), '\\', key_.size()) == nullptr) return key_ == wanted;
    if (!is_string_body(key_)) return false;
    std::string decoded(key_.size(), '\0');
    decoded.resize(static_cast<size_t>(decode_json_string(key_, decoded.data()) - decoded.data()));
    return decoded == wanted;
  }

  const std::vector<WantedKey>& keys_;
  const char* p_;
  const char* end_;
  StringRef* fields_;
  std::string_view key_;  ///< the string just passed, nothing but blanks after it
  int depth_ = 0;
  std::bitset<kJsonDepthMax> is_object_;
};

/// From a value's first byte to the comma or brace that ends it.
std::string_view value_text(const char* value, const char* end) {
  const char* p = value;
  while (p < end && *p != ',' && *p != '}' && *p != ']') {
    if (*p == '"') {
      p = find_string_close(p + 1, end);
      if (p == nullptr) return {value, static_cast<size_t>(end - value)};
      ++p;
    } else if (*p == '{' || *p == '[') {
      p = skip_nested(p, end);
      if (p == nullptr) return {value, static_cast<size_t>(end - value)};
    } else {
      ++p;
    }
  }
  return {value, static_cast<size_t>(p - value)};
}

bool located_values_are_utf8(const LearnedShape& shape, const StringRef* fields, const char* end) {
  for (size_t f = 0; f < shape.keys().size(); ++f) {
    if (fields[f].data != nullptr && !is_utf8(value_text(fields[f].data, end))) return false;
  }
  return true;
}

bool locate(LearnedShape& shape, const LineBlock& block, int64_t row, StringRef* fields) {
  const uint8_t flags = block.row_flags[row];
  const std::string_view text = row_text(block, row);
  for (size_t f = 0; f < shape.keys().size(); ++f) fields[f] = {};
  if (flags & abi::kRowTooLong) return false;
  if (shape.strict()) {
    if ((flags & abi::kRowBadUtf8) || !is_strict_json_object(text)) return false;
    return RecordWalker(shape.keys(), text, fields).walk();
  }
  if ((flags & ~abi::kRowBadUtf8) == 0) {
    locate_flat(shape, block, row, fields);
  } else if (!RecordWalker(shape.keys(), text, fields).walk()) {
    return false;
  }
  return !(flags & abi::kRowBadUtf8) || located_values_are_utf8(shape, fields, text.data() + text.size());
}

}  // namespace

abi::JsonScan* json_scan_create(const abi::ScanSpec& spec) { return new LearnedShape(spec); }

void json_scan_destroy(abi::JsonScan* scan) { delete static_cast<LearnedShape*>(scan); }

}  // namespace millrace

namespace millrace::abi {

extern "C" bool mr_json_locate(PipelineContext*, JsonScan* scan, const LineBlock* block, int64_t row, StringRef* fields) noexcept {
  ++scan->misses;
  return locate(*static_cast<LearnedShape*>(scan), *block, row, fields);
}

}  // namespace millrace::abi
