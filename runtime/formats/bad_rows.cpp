#include "runtime/formats/bad_rows.h"

#include <string>
#include <string_view>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/utf8_check.h"

namespace millrace {
namespace {

/// Of a text whose brackets and strings match.
bool is_nested_too_deep(const char* p, const char* end) {
  int depth = 0;
  for (; p < end; ++p) {
    if (*p == '"') p = find_string_close(p + 1, end);
    else if (*p == '\\') p += stray_backslash_size(p, end) - 1;
    else if (*p == '{' || *p == '[') ++depth;
    else if (*p == '}' || *p == ']') --depth;
    if (depth > kJsonDepthMax) return true;
  }
  return false;
}

std::string why_json_is_bad(std::string_view line, bool has_open_string) {
  const char* end = line.data() + line.size();
  const char* first = skip_json_blanks(line.data(), end);
  if (first == end) return "no JSON object: the line is blank";
  if (*first != '{') return "no JSON object: the line does not begin with {";
  if (has_open_string) return "malformed JSON: a string is not closed";
  if (is_strict_json_object(line)) return "a value cannot be read as its column's type";
  const char* after = skip_nested(first, end);
  if (after == nullptr) return "malformed JSON: braces, brackets or strings do not match";
  if (is_nested_too_deep(first, after)) return "nested more than " + std::to_string(kJsonDepthMax) + " deep";
  if (skip_json_blanks(after, end) != end) return "malformed JSON: more follows behind the object";
  return "malformed JSON: a key or a value is not spelled as JSON has it";
}

}  // namespace

std::string why_line_is_bad(const abi::LineBlock& block, int64_t row, abi::Format format) {
  const uint8_t flags = block.row_flags[row];
  const std::string_view line(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
  if (flags & abi::kRowTooLong) return "longer than max_line; what is kept is its beginning";
  if (!is_utf8(line)) return "not UTF-8";
  if (format == abi::Format::Json) return why_json_is_bad(line, (flags & abi::kRowOpenString) != 0);
  if (format == abi::Format::Csv) return "malformed CSV: a quote is not closed, or text follows one";
  return "cannot be read";
}

}  // namespace millrace

namespace millrace::abi {

extern "C" void mr_note_bad_row(PipelineContext* ctx, int64_t row) noexcept { ctx->bad_rows->rows.push_back(row); }
extern "C" void mr_note_late_row(PipelineContext* ctx, int64_t row) noexcept { ctx->bad_rows->late.push_back(row); }

}  // namespace millrace::abi
