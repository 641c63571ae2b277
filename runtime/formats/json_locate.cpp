#include "runtime/formats/json_locate.h"

#include <algorithm>
#include <bitset>
#include <cstring>
#include <string>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/learned_shape.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/utf8_check.h"

namespace millrace {
namespace {

using abi::LineBlock;
using abi::JsonField;

constexpr uint32_t kUnseen = UINT32_MAX;

std::string_view row_text(const LineBlock& block, int64_t row) {
  return {block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]};
}

/// The field whose key's closing quote is at `close`, or -1; the record has no escapes.
int32_t find_wanted_key(const LearnedShape& shape, const char* close) {
  const int32_t field = shape.key_table().find_before(close);
  if (field != KeyTable::kUnclear) return field;
  const std::string_view key = short_key_before(close);
  if (key.data() != nullptr) return shape.key_table().find(key);
  const std::vector<WantedKey>& keys = shape.keys();
  const auto wanted = std::find_if(keys.begin(), keys.end(), [close](const WantedKey& other) { return other.matches(close); });
  return wanted == keys.end() ? -1 : static_cast<int32_t>(wanted - keys.begin());
}

/// Whether the byte at p is escaped by the backslashes in front of it, which begin no earlier than at `begin`.
bool is_escaped(const char* p, const char* begin) {
  const char* backslash = p;
  while (backslash > begin && backslash[-1] == '\\') --backslash;
  return (p - backslash) % 2 != 0;
}

/// The same where there may be escapes in the record, which begins at `begin`; a quote that is escaped closes no key.
int32_t find_escaped_key(const LearnedShape& shape, const char* close, const char* begin) {
  if (is_escaped(close, begin)) return -1;
  const int32_t field = shape.key_table().find_before(close);
  if (field != KeyTable::kUnclear) return field;
  const char* open = close;
  do {
    open = static_cast<const char*>(memrchr(begin, '"', static_cast<size_t>(open - begin)));
  } while (is_escaped(open, begin));
  const std::string_view key(open + 1, static_cast<size_t>(close - open - 1));
  if (key.find('\\') == std::string_view::npos) return shape.key_table().find(key);
  if (!is_string_body(key)) return -1;
  std::string decoded(key.size(), '\0');
  decoded.resize(static_cast<size_t>(decode_json_string(key, decoded.data()) - decoded.data()));
  return shape.key_table().find(decoded);
}

/// The closing quote of the key whose colon this is; null when something else stands in front of it.
const char* key_close(const char* colon) {
  const char* close = colon - 1;
  while (is_json_blank(*close)) --close;
  return *close == '"' ? close : nullptr;
}

/// A flat record without escapes: every mark is a colon of its one object, every quote opens or closes a string. Learns the
/// shape when all keys are there, once each, with nothing between quote and colon.
void locate_flat(LearnedShape& shape, const char* base, std::span<const uint32_t> marks, uint32_t marks_from, int64_t row,
                 JsonField* fields) {
  const size_t mark_count = marks.size();
  RecordShape& found = shape.found();
  found.mark_count = static_cast<int64_t>(mark_count);
  for (uint32_t& ordinal : found.ordinals) ordinal = kUnseen;

  size_t seen = 0;
  bool exact = true;
  for (size_t m = 0; m < mark_count; ++m) {
    const char* colon = base + marks[m];
    const char* close = key_close(colon);
    if (close == nullptr) continue;
    const int32_t f = find_wanted_key(shape, close);
    if (f < 0) continue;
    uint32_t& ordinal = found.ordinals[static_cast<size_t>(f)];
    exact = exact && ordinal == kUnseen && close == colon - 1;
    seen += ordinal == kUnseen;
    ordinal = static_cast<uint32_t>(m);
    fields[f] = {marks_from + marks[m] + 1, 0};
  }
  if (seen == shape.keys().size() && exact) shape.learn_from_found(row);
}

/// The same of a record with escapes, of which nothing is learned.
void locate_flat_escaped(const LearnedShape& shape, const LineBlock& block, int64_t row, JsonField* fields) {
  const char* begin = block.base + block.row_begin[row];
  for (uint32_t m = block.mark_begin[row]; m < block.mark_begin[row + 1]; ++m) {
    const char* close = key_close(block.base + block.marks[m]);
    const int32_t f = close == nullptr ? -1 : find_escaped_key(shape, close, begin);
    if (f >= 0) fields[f] = {block.marks[m] + 1, 0};
  }
}

std::span<const uint32_t> marks_of(const LineBlock& block, int64_t row) {
  return {block.marks + block.mark_begin[row], block.mark_begin[row + 1] - block.mark_begin[row]};
}

/// A flat record whose colons have not been indexed.
bool locate_unmarked(LearnedShape& shape, const LineBlock& block, int64_t row, JsonField* fields) {
  const std::string_view record = row_text(block, row);
  std::span<const uint32_t> structure;
  if (!shape.scan_record(record, &structure)) return false;
  const std::span<const uint32_t> colons = structure.subspan(1, structure.size() - 2);  // without its braces
  shape.learn_from_unmarked(block, row, record, colons);
  locate_flat(shape, record.data(), colons, block.row_begin[row], row, fields);
  return true;
}

/// A record with nested values or escapes: goes through the colons, braces and brackets outside its strings, and tells the fields of its
/// outermost object.
class StructureWalker {
 public:
  /// `offset` is that of the text in its block.
  StructureWalker(const LearnedShape& shape, std::string_view text, uint32_t offset, bool has_escapes, JsonField* fields)
      : shape_(shape), offset_(offset), begin_(text.data()), end_(text.data() + text.size()), has_escapes_(has_escapes), fields_(fields) {}

  /// False unless the record is one object, brackets matching, not nested too deep.
  bool walk(std::span<const uint32_t> structure) {
    const char* first = skip_json_blanks(begin_, end_);
    if (structure.empty() || begin_ + structure.front() != first || *first != '{') return false;
    for (const uint32_t offset : structure) {
      const char* p = begin_ + offset;
      if (closed_) return false;
      if (*p == ':') {
        if (depth_ == 1) field(p);
      } else if (!bracket(*p)) {
        return false;
      }
    }
    return closed_ && skip_json_blanks(begin_ + structure.back() + 1, end_) == end_;
  }

 private:
  uint32_t offset_of(const char* p) const { return offset_ + static_cast<uint32_t>(p - begin_); }

  bool bracket(char c) {
    const bool object = c == '{' || c == '}';
    if (c == '{' || c == '[') {
      if (depth_ == kJsonDepthMax) return false;
      is_object_[static_cast<size_t>(depth_++)] = object;
      return true;
    }
    if (depth_ == 0 || is_object_[static_cast<size_t>(--depth_)] != object) return false;
    closed_ = depth_ == 0;
    return true;
  }

  /// A colon gives a field when a string stands in front of it.
  void field(const char* colon) {
    const char* close = key_close(colon);
    if (close == nullptr) return;
    const int32_t field = has_escapes_ ? find_escaped_key(shape_, close, begin_) : find_wanted_key(shape_, close);
    if (field >= 0) fields_[field] = {offset_of(colon + 1), 0};
  }

  const LearnedShape& shape_;
  uint32_t offset_;
  const char* begin_;
  const char* end_;
  bool has_escapes_;
  JsonField* fields_;
  int depth_ = 0;
  bool closed_ = false;
  std::bitset<kJsonDepthMax> is_object_;
};

bool locate_nested(LearnedShape& shape, std::string_view record, uint32_t offset, bool has_escapes, JsonField* fields) {
  std::span<const uint32_t> structure;
  return shape.scan_record(record, &structure) && StructureWalker(shape, record, offset, has_escapes, fields).walk(structure);
}

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
      p += *p == '\\' ? stray_backslash_size(p, end) : 1;
    }
  }
  return {value, static_cast<size_t>(p - value)};
}

uint64_t locate(LearnedShape& shape, const LineBlock& block, int64_t row, JsonField* fields) {
  if (!locate_fields(shape, block, row, fields)) return 0;
  if (block.row_flags[row] & abi::kRowBadUtf8) {
    const auto is_good = [&](const JsonField& field) { return is_located_utf8(block, row, field); };
    if (!std::all_of(fields, fields + shape.keys().size(), is_good)) return 0;
  }
  return abi::kRowPlaced | shape.plain_values().note(block.base, fields);
}

}  // namespace

bool is_located_utf8(const LineBlock& block, int64_t row, JsonField field) {
  if (field.offset == abi::kNoField) return true;
  return is_utf8(value_text(block.base + field.offset, block.base + block.row_end[row]));
}

bool locate_fields(LearnedShape& shape, const LineBlock& block, int64_t row, JsonField* fields) {
  const uint8_t flags = block.row_flags[row];
  const std::string_view text = row_text(block, row);
  for (size_t f = 0; f < shape.keys().size(); ++f) fields[f] = {abi::kNoField, 0};
  if (flags & abi::kRowTooLong) return false;
  const bool has_escapes = (flags & abi::kRowEscape) != 0;
  if (shape.strict()) {
    if ((flags & abi::kRowBadUtf8) || !is_strict_json_object(text)) return false;
    return locate_nested(shape, text, block.row_begin[row], has_escapes, fields);
  }
  if (flags == abi::kRowUnmarked) return locate_unmarked(shape, block, row, fields);
  if ((flags & ~abi::kRowBadUtf8) == 0) {
    locate_flat(shape, block.base, marks_of(block, row), 0, row, fields);
  } else if ((flags & ~abi::kRowBadUtf8) == abi::kRowEscape) {
    locate_flat_escaped(shape, block, row, fields);
  } else if (!locate_nested(shape, text, block.row_begin[row], has_escapes, fields)) {
    return false;
  }
  return true;
}

abi::JsonScan* json_scan_create(const abi::ScanSpec& spec) { return json_scan_create(spec, best_json_sweeps()); }

abi::JsonScan* json_scan_create(const abi::ScanSpec& spec, const JsonSweeps& sweeps) {
  return new LearnedShape(spec, sweeps);
}

void json_scan_destroy(abi::JsonScan* scan) { delete static_cast<LearnedShape*>(scan); }

}  // namespace millrace

namespace millrace::abi {

extern "C" uint64_t mr_json_locate(PipelineContext*, JsonScan* scan, const LineBlock* block, int64_t row, JsonField* fields) noexcept {
  ++scan->misses;
  return locate(*static_cast<LearnedShape*>(scan), *block, row, fields);
}

extern "C" void mr_json_place_rows(JsonScan* scan, const LineBlock* block, int64_t from, int64_t to) noexcept {
  static_cast<LearnedShape*>(scan)->place_rows(*block, from, to);
}

extern "C" bool mr_json_place_late(JsonScan* scan, const LineBlock* block, int64_t row, JsonField* fields) noexcept {
  return static_cast<LearnedShape*>(scan)->place_late(*block, row, fields);
}

}  // namespace millrace::abi
