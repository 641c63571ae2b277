#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/formatting.h"
#include "runtime/abi/calls/state.h"
#include "runtime/functions/elements.h"
#include "runtime/hot/strings.h"

namespace millrace::abi {

namespace {

/// One `%[position$][flags][width][.precision]conversion`.
struct Part {
  int64_t position = 0;  ///< 0: the next
  bool left = false, zeros = false, plus = false, blank = false, grouped = false, parentheses = false, alternate = false, same = false;
  int64_t width = 0;
  int64_t precision = -1;
  char conversion = 0;
};

constexpr int64_t kWidthMax = 1'000'000;

bool read_number(std::string_view text, size_t& at, int64_t& number) {
  const size_t begin = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  const auto parsed = std::from_chars(text.data() + begin, text.data() + at, number);
  return at > begin && parsed.ec == std::errc() && number <= kWidthMax;
}

bool set_flag(Part& part, char c) {
  switch (c) {
    case '-': return part.left = true;
    case '0': return part.zeros = true;
    case '+': return part.plus = true;
    case ' ': return part.blank = true;
    case ',': return part.grouped = true;
    case '(': return part.parentheses = true;
    case '#': return part.alternate = true;
    case '<': return part.same = true;
    default: return false;
  }
}

/// `at` stands behind the %.
bool read_part(std::string_view text, size_t& at, Part& part) {
  const size_t begin = at;
  int64_t number = 0;
  if (at < text.size() && text[at] != '0' && read_number(text, at, number) && at < text.size() && text[at] == '$') {
    part.position = number;
    ++at;
  } else {
    at = begin;
  }
  while (at < text.size() && set_flag(part, text[at])) ++at;
  if (at < text.size() && text[at] >= '1' && text[at] <= '9' && !read_number(text, at, part.width)) return false;
  if (at < text.size() && text[at] == '.' && !read_number(text, ++at, part.precision)) return false;
  if (at >= text.size()) return false;
  part.conversion = text[at++];
  return true;
}

void add_groups(std::string& digits) {
  const size_t whole = std::min(digits.find('.'), digits.size());
  for (size_t i = whole; i > 3; i -= 3) digits.insert(i - 3, ",");
}

/// The digits of a number without its sign, in place between the flags.
std::string with_sign(const Part& part, std::string digits, bool negative) {
  if (part.grouped) add_groups(digits);
  std::string sign = negative ? (part.parentheses ? "(" : "-") : part.plus ? "+" : part.blank ? " " : "";
  const std::string end = negative && part.parentheses ? ")" : "";
  const auto length = static_cast<int64_t>(sign.size() + digits.size() + end.size());
  if (part.zeros && length < part.width) digits.insert(0, static_cast<size_t>(part.width - length), '0');
  return sign + digits + end;
}

/// Decimal digits of a value, `0.d1d2… × 10^exponent`: the shortest that read back the same.
struct DecimalText {
  std::string digits;
  int64_t exponent = 0;
};

DecimalText shortest(double value) {
  if (value == 0) return {"0", 1};
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  DecimalText decimal;
  const char* p = text;
  for (; p < end.ptr && *p != 'e'; ++p) {
    if (*p != '.') decimal.digits += *p;
  }
  int exponent = 0;
  const char* number = p + 1;
  if (*number == '+') ++number;
  std::from_chars(number, end.ptr, exponent);
  decimal.exponent = exponent + 1;
  return decimal;
}

/// Rounds half up to `kept` digits, as Java does with the digits that it would print.
void round_to(DecimalText& decimal, int64_t kept) {
  if (kept >= static_cast<int64_t>(decimal.digits.size())) return;
  const bool up = kept >= 0 && decimal.digits[static_cast<size_t>(kept)] >= '5';
  decimal.digits.resize(static_cast<size_t>(std::max<int64_t>(kept, 0)));
  if (up) {
    size_t i = decimal.digits.size();
    while (i > 0 && decimal.digits[i - 1] == '9') decimal.digits[--i] = '0';
    if (i > 0) {
      ++decimal.digits[i - 1];
    } else {
      decimal.digits.insert(0, "1");
      ++decimal.exponent;
    }
  }
  if (decimal.digits.empty()) decimal = {"0", 1};
}

std::string fixed(double value, int64_t precision) {
  DecimalText decimal = shortest(value);
  round_to(decimal, decimal.exponent + precision);
  std::string whole, fraction;
  for (int64_t i = 0; i < std::max<int64_t>(decimal.exponent, 1); ++i) {
    const int64_t at = decimal.exponent > 0 ? i : -1;
    whole += at >= 0 && at < static_cast<int64_t>(decimal.digits.size()) ? decimal.digits[static_cast<size_t>(at)] : '0';
  }
  for (int64_t i = 0; i < precision; ++i) {
    const int64_t at = decimal.exponent + i;
    fraction += at >= 0 && at < static_cast<int64_t>(decimal.digits.size()) ? decimal.digits[static_cast<size_t>(at)] : '0';
  }
  return precision == 0 ? whole : whole + "." + fraction;
}

std::string scientific(double value, int64_t precision) {
  DecimalText decimal = shortest(value);
  round_to(decimal, precision + 1);
  decimal.digits.resize(static_cast<size_t>(precision) + 1, '0');
  const int64_t exponent = value == 0 ? 0 : decimal.exponent - 1;
  std::string text = decimal.digits.substr(0, 1) + (precision > 0 ? "." + decimal.digits.substr(1) : "");
  const std::string digits = std::to_string(std::abs(exponent));
  return text + "e" + (exponent < 0 ? "-" : "+") + (digits.size() < 2 ? "0" : "") + digits;
}

std::string real_text(const Part& part, double value, char conversion) {
  if (std::isnan(value)) return "NaN";
  const bool negative = std::signbit(value);
  const double size = std::fabs(value);
  if (std::isinf(value)) return negative ? (part.parentheses ? "(Infinity)" : "-Infinity") : part.plus ? "+Infinity" : "Infinity";
  int64_t precision = part.precision < 0 ? 6 : part.precision;
  if (conversion == 'f') return with_sign(part, fixed(size, precision), negative);
  if (conversion == 'e') return with_sign(part, scientific(size, precision), negative);
  precision = std::max<int64_t>(precision, 1);  // g: digits that count
  if (size != 0 && (size < 1e-4 || size >= std::pow(10, static_cast<double>(precision)))) {
    return with_sign(part, scientific(size, precision - 1), negative);
  }
  const int64_t whole = size == 0 ? 1 : shortest(size).exponent;
  return with_sign(part, fixed(size, std::max<int64_t>(precision - whole, 0)), negative);
}

std::string other_base(const Part& part, int64_t value, TypeCode type, int base) {
  // Negative numbers by their bits, as wide as their type is.
  auto bits = static_cast<uint64_t>(value);
  if (type != TypeCode::BigInt) bits &= 0xFFFFFFFFU;
  char text[70];
  const auto end = std::to_chars(text, text + sizeof text, bits, base);
  std::string digits(text, end.ptr);
  if (part.alternate) digits.insert(0, base == 16 ? "0x" : "0");
  if (part.zeros && static_cast<int64_t>(digits.size()) < part.width) digits.insert(0, static_cast<size_t>(part.width) - digits.size(), '0');
  return digits;
}

std::string plain_text(PipelineContext* ctx, const NestedItem& item, TypeCode type) {
  if (item.kind == NestedItem::Kind::Bytes) return {item.data, static_cast<size_t>(item.word)};
  if (type == TypeCode::Boolean) return item.word != 0 ? "true" : "false";
  if (!is_floating(type)) return std::to_string(item.word);
  StringRef text;
  mr_cast_double_to_string(ctx, std::bit_cast<double>(item.word), &text);
  return {text.data, static_cast<size_t>(text.size)};
}

void make_upper(std::string& text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

class Formatter {
 public:
  explicit Formatter(const PackedCall& call) : call_(call) {}

  bool run(std::string_view pattern) {
    for (size_t at = 0; at < pattern.size();) {
      if (pattern[at] != '%') {
        text_ += pattern[at++];
        continue;
      }
      Part part;
      if (!read_part(pattern, ++at, part) || !add(part)) return false;
    }
    return true;
  }
  const std::string& text() const { return text_; }

 private:
  bool add(const Part& part) {
    if (part.conversion == 'n' || part.conversion == '%') {
      pad(part, part.conversion == 'n' ? "\n" : "%");
      return true;
    }
    last_ = part.same ? last_ : part.position > 0 ? part.position : ++next_;
    if (last_ < 1 || last_ >= call_.count()) return false;
    std::string made;
    if (!value(part, call_[last_], type_of(call_.code(last_)), made)) return false;
    if (part.conversion >= 'A' && part.conversion <= 'Z') make_upper(made);
    pad(part, made);
    return true;
  }

  bool value(const Part& part, const NestedItem& item, TypeCode type, std::string& made) {
    const char conversion = static_cast<char>(part.conversion | 0x20);
    const bool null = is_null(item);
    const bool integer = is_integer(type);
    if (conversion == 'b') {
      made = null ? "false" : type == TypeCode::Boolean && item.word == 0 ? "false" : "true";
    } else if (null) {
      made = "null";
    } else if (conversion == 's') {
      made = plain_text(call_.context, item, type);
    } else if (part.conversion == 'd' && integer) {
      const auto size = item.word < 0 ? 0 - static_cast<uint64_t>(item.word) : static_cast<uint64_t>(item.word);
      made = with_sign(part, std::to_string(size), item.word < 0);
      return true;
    } else if ((conversion == 'x' || part.conversion == 'o') && integer) {
      made = other_base(part, item.word, type, conversion == 'x' ? 16 : 8);
      return true;
    } else if ((part.conversion == 'f' || conversion == 'e' || conversion == 'g') && is_floating(type)) {
      made = real_text(part, std::bit_cast<double>(item.word), conversion);
      return true;
    } else if (conversion == 'c' && integer && item.word >= 0 && item.word <= 0x10FFFF) {
      char bytes[4];
      made.assign(bytes, encode_utf8(bytes, static_cast<uint32_t>(item.word)));
    } else {
      return false;
    }
    if (part.precision >= 0) {
      const StringRef cut = characters({made.data(), static_cast<int64_t>(made.size())}, 0, part.precision);
      made.resize(static_cast<size_t>(cut.size));
    }
    return true;
  }

  void pad(const Part& part, const std::string& made) {
    const int64_t missing = part.width - utf8_length(made.data(), static_cast<int64_t>(made.size()));
    const std::string blanks(static_cast<size_t>(std::max<int64_t>(missing, 0)), ' ');
    text_ += part.left ? made + blanks : blanks + made;
  }

  const PackedCall& call_;
  std::string text_;
  int64_t next_ = 0;
  int64_t last_ = 0;
};

}  // namespace

extern "C" {

bool mr_format_string(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (is_null(call[0])) return false;
  Formatter formatter(call);
  if (!formatter.run({call[0].data, static_cast<size_t>(call[0].word)})) return false;
  const std::string& text = formatter.text();
  char* kept = mr_scratch(ctx, static_cast<int64_t>(text.size()));
  std::copy(text.begin(), text.end(), kept);
  *out = {NestedItem::Kind::Bytes, static_cast<int64_t>(text.size()), kept};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
