#include "runtime/formats/json_token.h"

#include <array>

#include "runtime/hot/byte_mask.h"

namespace millrace {
namespace {

using abi::kMaskBytes;
using abi::string_stop_mask;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Of each character as a hexadecimal digit, -1 if it is none.
constexpr std::array<int8_t, 256> kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (int digit = 0; digit < 10; ++digit) values[static_cast<size_t>('0' + digit)] = static_cast<int8_t>(digit);
  for (int digit = 10; digit < 16; ++digit) {
    values[static_cast<size_t>('a' + digit - 10)] = values[static_cast<size_t>('A' + digit - 10)] = static_cast<int8_t>(digit);
  }
  return values;
}();

/// The code unit of four hexadecimal digits, negative if they are not.
int32_t read_code_unit(const char* p, const char* end) {
  if (end - p < 4) return -1;
  const auto digit = [p](int i) { return int32_t{kHexValues[static_cast<unsigned char>(p[i])]}; };
  return digit(0) << 12 | digit(1) << 8 | digit(2) << 4 | digit(3);
}

/// `p` at a backslash within a string: the byte behind the escape, nullptr if JSON knows no such one.
const char* pass_escape(const char* p, const char* end) {
  if (end - p < 2) return nullptr;
  switch (p[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': return p + 2;
    case 'u': return read_code_unit(p + 2, end) < 0 ? nullptr : p + 6;
    default: return nullptr;
  }
}

const char* skip_digits(const char* p, const char* end) {
  while (p < end && is_digit(*p)) ++p;
  return p;
}

/// Returns the end of the number, nullptr if the grammar refuses it.
const char* scan_number(const char* p, const char* end, JsonKind* kind) {
  *kind = JsonKind::Integer;
  if (p < end && *p == '-') ++p;
  const char* digits = p;
  p = skip_digits(p, end);
  if (p == digits || (*digits == '0' && p - digits > 1)) return nullptr;
  if (p < end && *p == '.') {
    *kind = JsonKind::Decimal;
    const char* fraction = ++p;
    p = skip_digits(p, end);
    if (p == fraction) return nullptr;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    *kind = JsonKind::Decimal;
    ++p;
    if (p < end && (*p == '+' || *p == '-')) ++p;
    const char* exponent = p;
    p = skip_digits(p, end);
    if (p == exponent) return nullptr;
  }
  return p;
}

JsonToken scan_word(const char* p, const char* end, std::string_view word, JsonKind kind, const char** rest) {
  if (!std::string_view(p, static_cast<size_t>(end - p)).starts_with(word)) return {};
  *rest = p + word.size();
  return {kind, false, {p, word.size()}};
}

JsonToken scan_string(const char* p, const char* end, const char** rest) {
  const char* const body = p + 1;
  bool escaped = false;
  for (p = body; p < end;) {
    const uint32_t stops = string_stop_mask(p);
    if (stops == 0) {
      p += kMaskBytes;
      continue;
    }
    p += __builtin_ctz(stops);
    if (p >= end) return {};
    if (*p == '"') {
      *rest = p + 1;
      return {JsonKind::String, escaped, {body, static_cast<size_t>(p - body)}};
    }
    p = *p == '\\' ? pass_escape(p, end) : nullptr;
    if (p == nullptr) return {};
    escaped = true;
  }
  return {};
}

char* write_utf8(uint32_t code_point, char* out) {
  const auto put = [&](uint32_t byte) { *out++ = static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xc0 | code_point >> 6);
    put(0x80 | (code_point & 0x3f));
  } else if (code_point < 0x10000) {
    put(0xe0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  } else {
    put(0xf0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3f));
    put(0x80 | (code_point >> 6 & 0x3f));
    put(0x80 | (code_point & 0x3f));
  }
  return out;
}

/// `p` at the four digits of a `\u`; joins a surrogate pair. Returns the byte after all that was used.
const char* decode_unicode_escape(const char* p, const char* end, uint32_t* code_point) {
  constexpr uint32_t kReplacement = 0xfffd;
  const uint32_t unit = static_cast<uint32_t>(read_code_unit(p, end));
  p += 4;
  *code_point = unit;
  if (unit < 0xd800 || unit > 0xdfff) return p;
  *code_point = kReplacement;
  if (unit > 0xdbff || end - p < 6 || p[0] != '\\' || p[1] != 'u') return p;
  const uint32_t low = static_cast<uint32_t>(read_code_unit(p + 2, end));
  if (low < 0xdc00 || low > 0xdfff) return p;
  *code_point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  return p + 6;
}

char decode_short_escape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;  // the quote, the backslash, the slash
  }
}

/// What a grammar check of a whole text expects next.
enum class Expect : uint8_t { Value, FirstKey, Key, Colon, FirstItem, CommaOrClose };

/// Checks a text without recursion: one bit a level tells objects from arrays.
class StrictChecker {
 public:
  explicit StrictChecker(std::string_view text) : p_(text.data()), end_(text.data() + text.size()) {}

  /// Whether the text is one object (or array) that begins with this bracket.
  bool check(char bracket) {
    skip_blanks();
    if (p_ == end_ || *p_ != bracket) return false;
    open(bracket == '{');
    while (depth_ > 0) {
      skip_blanks();
      if (p_ == end_ || !step()) return false;
    }
    skip_blanks();
    return p_ == end_;
  }

 private:
  void skip_blanks() { p_ = skip_json_blanks(p_, end_); }
  bool in_object() const { return is_object_[depth_ - 1]; }

  bool open(bool object) {
    if (depth_ == kJsonDepthMax) return false;
    is_object_[depth_++] = object;
    expect_ = object ? Expect::FirstKey : Expect::FirstItem;
    ++p_;
    return true;
  }

  bool close(char bracket) {
    if (bracket != (in_object() ? '}' : ']')) return false;
    --depth_;
    ++p_;
    expect_ = Expect::CommaOrClose;
    return true;
  }

  bool step() {
    switch (expect_) {
      case Expect::FirstKey: return *p_ == '}' ? close('}') : key();
      case Expect::Key: return key();
      case Expect::Colon: return colon();
      case Expect::FirstItem: return *p_ == ']' ? close(']') : value();
      case Expect::Value: return value();
      case Expect::CommaOrClose: return comma_or_close();
    }
    return false;
  }

  bool key() {
    if (*p_ != '"') return false;
    expect_ = Expect::Colon;
    return scan_string(p_, end_, &p_).kind == JsonKind::String;
  }

  bool colon() {
    expect_ = Expect::Value;
    return *p_++ == ':';
  }

  bool value() {
    if (*p_ == '{' || *p_ == '[') return open(*p_ == '{');
    expect_ = Expect::CommaOrClose;
    return scan_json_value(p_, end_, &p_).kind != JsonKind::Malformed;
  }

  bool comma_or_close() {
    if (*p_ != ',') return close(*p_);
    ++p_;
    expect_ = in_object() ? Expect::Key : Expect::Value;
    return true;
  }

  const char* p_;
  const char* end_;
  int depth_ = 0;
  Expect expect_ = Expect::Value;
  bool is_object_[kJsonDepthMax];
};

}  // namespace

const char* skip_json_blanks(const char* p, const char* end) {
  while (p < end && is_json_blank(*p)) ++p;
  return p;
}

const char* find_string_close(const char* p, const char* end) {
  while (p < end) {
    const uint32_t stops = string_stop_mask(p);
    if (stops == 0) {
      p += kMaskBytes;
      continue;
    }
    p += __builtin_ctz(stops);
    if (p >= end) return nullptr;
    if (*p == '"') return p;
    p += *p == '\\' ? 2 : 1;
  }
  return nullptr;
}

bool is_string_body(std::string_view body) {
  const char* p = body.data();
  const char* end = p + body.size();
  while (p < end) {
    const uint32_t stops = string_stop_mask(p);
    if (stops == 0) {
      p += kMaskBytes;
      continue;
    }
    p += __builtin_ctz(stops);
    if (p >= end) return true;
    p = *p == '\\' ? pass_escape(p, end) : nullptr;
    if (p == nullptr) return false;
  }
  return true;
}

const char* skip_nested(const char* p, const char* end) {
  int64_t depth = 0;
  for (; p < end; ++p) {
    switch (*p) {
      case '"':
        p = find_string_close(p + 1, end);
        if (p == nullptr) return nullptr;
        break;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (--depth == 0) return p + 1;
        break;
      case '\\':
        p += stray_backslash_size(p, end) - 1;
        break;
      default:
        break;
    }
  }
  return nullptr;
}

JsonToken scan_json_value(const char* p, const char* end, const char** rest) {
  p = skip_json_blanks(p, end);
  if (p == end) return {};
  switch (*p) {
    case '"': return scan_string(p, end, rest);
    case 'n': return scan_word(p, end, "null", JsonKind::Null, rest);
    case 't': return scan_word(p, end, "true", JsonKind::True, rest);
    case 'f': return scan_word(p, end, "false", JsonKind::False, rest);
    case '{':
    case '[': {
      const char* after = skip_nested(p, end);
      if (after == nullptr) return {};
      *rest = after;
      return {JsonKind::Nested, false, {p, static_cast<size_t>(after - p)}};
    }
    default: break;
  }
  JsonToken token;
  const char* after = scan_number(p, end, &token.kind);
  if (after == nullptr) return {};
  token.text = {p, static_cast<size_t>(after - p)};
  *rest = after;
  return token;
}

JsonToken read_json_field(const char* p, const char* end) {
  const char* rest = p;
  const JsonToken token = scan_json_value(p, end, &rest);
  if (token.kind == JsonKind::Malformed) return token;
  rest = skip_json_blanks(rest, end);
  if (rest == end || (*rest != ',' && *rest != '}')) return {};
  return token;
}

char* decode_json_string(std::string_view body, char* out) {
  const char* p = body.data();
  const char* end = p + body.size();
  while (p < end) {
    if (*p != '\\') {
      *out++ = *p++;
      continue;
    }
    if (p[1] != 'u') {
      *out++ = decode_short_escape(p[1]);
      p += 2;
      continue;
    }
    uint32_t code_point = 0;
    p = decode_unicode_escape(p + 2, end, &code_point);
    out = write_utf8(code_point, out);
  }
  return out;
}

bool is_strict_json_object(std::string_view text) { return StrictChecker(text).check('{'); }

bool is_strict_json(std::string_view text) { return is_strict_json_object(text) || StrictChecker(text).check('['); }

}  // namespace millrace
