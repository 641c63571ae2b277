#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace {

/// Writing of a record's pieces to memory that is known to be large enough; each returns one past what it wrote.

inline char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

inline char* put_integer(char* out, int64_t value) { return std::to_chars(out, out + 20, value).ptr; }

/// As a JSON string, in quotes. `text` is UTF-8 without control characters.
inline char* put_json_string(char* out, std::string_view text) {
  *out++ = '"';
  for (char c : text) {
    if (c == '"' || c == '\\') *out++ = '\\';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

}  // namespace millrace
