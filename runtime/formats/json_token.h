#pragma once

#include <cstdint>
#include <string_view>

/// The slow but complete reader of single JSON values: grammar (RFC 8259) within one line.
namespace millrace {

inline constexpr int kJsonDepthMax = 1024;

enum class JsonKind : uint8_t { Null, True, False, Integer, Decimal, String, Nested, Malformed };

/// A value and its bytes; a string's quotes are not among them, an object's or array's brackets are.
struct JsonToken {
  JsonKind kind = JsonKind::Malformed;
  bool escaped = false;  ///< a string with backslashes
  std::string_view text;
};

inline bool is_json_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

const char* skip_json_blanks(const char* p, const char* end);

/// `p` at the byte after the opening quote; the closing quote, or nullptr when there is none. Looks at nothing else.
const char* find_string_close(const char* p, const char* end);

/// Whether the bytes between the quotes are a legal string: no raw control characters, known escapes.
bool is_string_body(std::string_view body);

/// Bytes that a backslash outside strings takes up: there it is malformed, but it hides a quote (or a backslash) after it, as it does for
/// those who find the record's structure. `p` at the backslash.
inline int stray_backslash_size(const char* p, const char* end) {
  return p + 1 < end && (p[1] == '"' || p[1] == '\\') ? 2 : 1;
}

/// `p` at `{` or `[`: the byte after the matching bracket, or nullptr when brackets or strings do not balance.
const char* skip_nested(const char* p, const char* end);

/// The value at p, leading blanks skipped, and the byte after it in `*rest`. Objects and arrays are only balanced, not checked.
JsonToken scan_json_value(const char* p, const char* end, const char** rest);

/// The same for a field of an object that ends the line: Malformed too unless `,` or `}` follows.
JsonToken read_json_field(const char* p, const char* end);

/// Bytes that decode_json_string may write: never more than the body has (`\uXXXX` is six bytes and at most four come out of two of
/// them). Returns the end of what was written. The body is legal. A surrogate without its partner becomes U+FFFD, as UTF-8
/// has no form for it.
char* decode_json_string(std::string_view body, char* out);

/// Whether the whole text is one JSON object by the letter of the grammar, nested at most kJsonDepthMax deep.
bool is_strict_json_object(std::string_view text);
/// The same for an object or an array.
bool is_strict_json(std::string_view text);

}  // namespace millrace
