#include "runtime/formats/output_buffer.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/abi/calls/output.h"
#include "runtime/base/memory.h"
#include "runtime/formats/base64.h"
#include "runtime/formats/utf8_check.h"
#include "runtime/hot/output.h"

namespace millrace {

namespace {

/// Bytes of a table's first `rows` rows.
int64_t size_of_rows(const abi::OutputBuffer& buffer, int64_t rows, size_t columns) {
  int64_t at = 0;
  for (int64_t cell = 0; cell < rows * static_cast<int64_t>(columns); ++cell) {
    uint32_t size = 0;
    std::memcpy(&size, buffer.data + at, sizeof size);
    at += static_cast<int64_t>(sizeof size) + (size == abi::kNullCell ? 0 : size);
  }
  return at;
}

}  // namespace

thread_local const OutputCeiling* OutputCeiling::in_force_ = nullptr;

void append_output(abi::OutputBuffer* into, const abi::OutputBuffer& from, size_t columns) {
  int64_t bytes = from.size;
  if (into->row_limit >= 0) {
    const int64_t room = std::max<int64_t>(into->row_limit - into->row_count, 0);
    if (std::min(from.row_count, from.row_limit) > room) bytes = size_of_rows(from, room, columns);
  }
  into->row_count += from.row_count;
  into->texts_replaced += from.texts_replaced;
  if (bytes > 0) abi::mr_out_bytes(into, from.data, bytes);
}

abi::OutputBuffer make_output_buffer(int64_t row_limit) {
  abi::OutputBuffer buffer{};
  buffer.row_limit = row_limit;
  return buffer;
}

void clear_output_buffer(abi::OutputBuffer* buffer) {
  buffer->size = 0;
  buffer->row_count = 0;
}

void set_output_buffer(abi::OutputBuffer* buffer, std::string_view text, int64_t row_count) {
  clear_output_buffer(buffer);
  if (!text.empty()) abi::mr_out_bytes(buffer, text.data(), static_cast<int64_t>(text.size()));
  buffer->row_count = row_count;
}

void free_output_buffer(abi::OutputBuffer* buffer) {
  std::free(buffer->data);
  *buffer = make_output_buffer(buffer->row_limit);
}

}  // namespace millrace

namespace millrace::abi {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

/// The letter after the backslash in JSON's short escapes; 0 when there is none.
char short_escape(char c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

char* write_json_character(char* p, char c) {
  const char letter = short_escape(c);
  if (letter != 0) {
    *p++ = '\\';
    *p++ = letter;
    return p;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20) {
    *p++ = c;
    return p;
  }
  std::memcpy(p, "\\u00", 4);
  p[4] = kHexDigits[byte >> 4];
  p[5] = kHexDigits[byte & 15];
  return p + 6;
}

}  // namespace

extern "C" {

void mr_out_grow(OutputBuffer* out, int64_t bytes) noexcept {
  constexpr int64_t kFirst = 16 << 10;
  const int64_t needed = out->size + bytes;
  int64_t capacity = std::max({kFirst, needed, out->capacity * 2});
  const OutputCeiling* ceiling = OutputCeiling::in_force();
  if (ceiling != nullptr && ceiling->buffer == out) {
    capacity = std::max(needed, std::min(capacity, ceiling->size_max));
    if (needed > ceiling->size_max) {
      *ceiling->error = PipelineError::OutOfMemory;
      out->row_limit = 0;  // further rows are only counted
    }
  }
  void* data = std::realloc(out->data, static_cast<size_t>(capacity));
  if (data == nullptr) out_of_memory(static_cast<size_t>(capacity));
  out->data = static_cast<char*>(data);
  out->capacity = capacity;
}

void mr_out_json_escaped(OutputBuffer* out, const StringRef* value) noexcept {
  std::string replaced;
  std::string_view text = view(*value);
  if (!is_utf8(text)) {
    text = replaced = replace_invalid_utf8(text);
    ++out->texts_replaced;
  }
  char* p = out_reserve(out, static_cast<int64_t>(text.size()) * 6 + 2);
  *p++ = '"';
  for (const char c : text) p = write_json_character(p, c);
  *p++ = '"';
  out_commit(out, p);
}

void mr_out_base64(OutputBuffer* out, const StringRef* value) noexcept {
  const int64_t size = base64_size(value->size);
  encode_base64(view(*value), out_reserve(out, size));
  out->size += size;
}

void mr_out_json_binary(OutputBuffer* out, const StringRef* value) noexcept {
  mr_out_bytes(out, "\"", 1);
  mr_out_base64(out, value);
  mr_out_bytes(out, "\"", 1);
}

void mr_out_csv_quoted(OutputBuffer* out, const StringRef* value) noexcept {
  char* p = out_reserve(out, value->size * 2 + 2);
  *p++ = '"';
  for (const char c : view(*value)) {
    if (c == '"') *p++ = '"';
    *p++ = c;
  }
  *p++ = '"';
  out_commit(out, p);
}

void mr_out_text_binary(OutputBuffer* out, const StringRef* value) noexcept {
  char* p = out_reserve(out, value->size * 3 + 2);
  *p++ = '[';
  for (int64_t i = 0; i < value->size; ++i) {
    const auto byte = static_cast<unsigned char>(value->data[i]);
    if (i > 0) *p++ = ' ';
    *p++ = kHexDigits[byte >> 4];
    *p++ = kHexDigits[byte & 15];
  }
  *p++ = ']';
  out_commit(out, p);
}

}  // extern "C"

}  // namespace millrace::abi
