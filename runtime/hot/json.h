#pragma once

#include <cstdint>

#include "runtime/abi/calls/scan.h"
#include "runtime/abi/json_scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/hot/byte_mask.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/number_parse.h"

/// Reading a field's value at its first use. `p` stands at the value or at blanks before it, nullptr when the record has no such field;
/// `end` is the line's end, with 64 readable bytes behind it. The result is a ReadStatus; `out` is written when it is
/// kReadValue. The usual spelling is read here, all else by the `_slow` functions, which define what is right.
namespace millrace::abi {

/// A value in its usual spelling touches the comma or brace that follows.
inline bool ends_json_value(char c) { return c == ',' || c == '}'; }

inline const char* skip_one_blank(const char* p) { return p + (*p == ' '); }

/// A NULL that is spelled out, in its usual spelling.
inline bool is_plain_null(const char* p) { return std::memcmp(p, "null", 4) == 0 && ends_json_value(p[4]); }

/// The value of `size` digits that are known to fit.
MR_HOT int64_t mr_json_digits(const char* p, int64_t size) noexcept {
  return static_cast<int64_t>(digits_value(p, static_cast<int>(size)));
}

/// The value of a number that is known to be plain; `size` is its JsonField::size.
MR_HOT double mr_json_known_double(const char* p, int64_t size) noexcept {
  const bool negative = *p == '-';
  const int whole = static_cast<int>(size >> kWholeDigitsShift);
  const int bytes = static_cast<int>(size & ((1 << kWholeDigitsShift) - 1)) - negative;
  const int fraction = bytes == whole ? 0 : bytes - whole - 1;
  return plain_number_value(p + negative, whole, fraction, negative);
}

/// How a number compares with a positive bound, where its first eight bytes tell: negative or positive; 0: they do not, or it is not known
/// to be plain. `size` is its JsonField::size. The bound has `whole` digits in front of its dot; texts of a number of digits and a dot that
/// are less than `below` or greater than `above` (big-endian, eight bytes) are so by far more than a double is rounded by.
MR_HOT int64_t mr_json_glance_at_double(const char* p, int64_t size, int64_t whole, uint64_t below, uint64_t above) noexcept {
  constexpr int64_t kBytesMask = (1 << kWholeDigitsShift) - 1;
  if ((size & kBytesMask) < 8) return 0;
  uint64_t text;
  std::memcpy(&text, p, sizeof text);
  text = __builtin_bswap64(text);
  const int64_t digits = size >> kWholeDigitsShift;
  if (__builtin_expect(digits != whole, 0)) return *p == '-' || digits < whole ? -1 : 1;
  // A sign stands before all digits.
  return text < below ? -1 : text > above ? 1 : 0;
}

/// Integer tokens only; NULL outside [min, max]. min <= 0 <= max.
MR_HOT int32_t mr_json_read_int(const char* p, const char* end, int64_t min, int64_t max, int64_t* out) noexcept {
  if (p == nullptr) return kReadNull;
  const char* digits = skip_one_blank(p);
  const bool negative = *digits == '-';
  digits += negative;
  const int count = __builtin_ctz(~digit_mask(digits) | uint32_t{1} << 31);
  const bool leading_zero = *digits == '0' && count != 1;
  if (count < 1 || count > 19 || leading_zero || !ends_json_value(digits[count])) {
    return mr_json_read_int_slow(p, end, min, max, out);
  }
  const uint64_t magnitude = digits_value(digits, count);
  const uint64_t bound = negative ? 0 - static_cast<uint64_t>(min) : static_cast<uint64_t>(max);
  if (magnitude > bound) return kReadNull;
  *out = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return kReadValue;
}

/// Whether mr_json_read_int would give a value.
MR_HOT int32_t mr_json_check_int(const char* p, const char* end, int64_t min, int64_t max) noexcept {
  if (p == nullptr) return kReadNull;
  const char* digits = skip_one_blank(p);
  digits += *digits == '-';
  const int count = __builtin_ctz(~digit_mask(digits) | uint32_t{1} << 31);
  const bool leading_zero = *digits == '0' && count != 1;
  if (max == INT64_MAX && count >= 1 && count <= 18 && !leading_zero && ends_json_value(digits[count])) return kReadValue;
  if (is_plain_null(skip_one_blank(p))) return kReadNull;
  int64_t ignored;
  return mr_json_read_int(p, end, min, max, &ignored);
}

/// Numbers, and the strings "NaN", "Infinity", "-Infinity"; NULL for a number that no double can hold. Always the nearest double.
MR_HOT int32_t mr_json_read_double(const char* p, const char* end, double* out) noexcept {
  if (p == nullptr) return kReadNull;
  const char* first = skip_one_blank(p);
  const bool negative = *first == '-';
  first += negative;
  const PlainNumber number = find_plain_number(first);
  if (!number.straight || !ends_json_value(first[number.size])) return mr_json_read_double_slow(p, end, out);
  *out = plain_number_value(first, number, negative);
  return kReadValue;
}

MR_HOT int32_t mr_json_check_double(const char* p, const char* end) noexcept {
  if (p == nullptr) return kReadNull;
  const char* first = skip_one_blank(p);
  first += *first == '-';
  const PlainNumber number = find_plain_number(first);
  if (number.straight && ends_json_value(first[number.size])) return kReadValue;
  if (is_plain_null(skip_one_blank(p))) return kReadNull;
  double ignored;
  return mr_json_read_double_slow(p, end, &ignored);
}

/// Whether mr_json_read_double would give a value that is not NaN, which has no spelling but a string's.
MR_HOT int32_t mr_json_check_ordered_double(const char* p, const char* end) noexcept {
  if (p == nullptr) return kReadNull;
  const char* first = skip_one_blank(p);
  first += *first == '-';
  const PlainNumber number = find_plain_number(first);
  if (number.straight && ends_json_value(first[number.size])) return kReadValue;
  if (is_plain_null(skip_one_blank(p))) return kReadNull;
  double value;
  const int32_t status = mr_json_read_double_slow(p, end, &value);
  return status == kReadValue && value != value ? static_cast<int32_t>(kReadNull) : status;
}

/// As mr_json_read_double, rounded once more to a float; NULL beyond its range.
MR_HOT int32_t mr_json_read_float(const char* p, const char* end, double* out) noexcept {
  double wide;
  const int32_t status = mr_json_read_double(p, end, &wide);
  if (status != kReadValue) return status;
  const double narrow = static_cast<double>(static_cast<float>(wide));
  if (__builtin_isinf(narrow) && !__builtin_isinf(wide)) return kReadNull;
  *out = narrow;
  return kReadValue;
}

MR_HOT int32_t mr_json_check_float(const char* p, const char* end) noexcept {
  double ignored;
  return mr_json_read_float(p, end, &ignored);
}

MR_HOT int32_t mr_json_read_bool(const char* p, const char* end, bool* out) noexcept {
  if (p == nullptr) return kReadNull;
  const char* word = skip_one_blank(p);
  if (std::memcmp(word, "true", 4) == 0 && ends_json_value(word[4])) {
    *out = true;
    return kReadValue;
  }
  if (std::memcmp(word, "false", 5) == 0 && ends_json_value(word[5])) {
    *out = false;
    return kReadValue;
  }
  return mr_json_read_bool_slow(p, end, out);
}

MR_HOT int32_t mr_json_check_bool(const char* p, const char* end) noexcept {
  bool ignored;
  return mr_json_read_bool(p, end, &ignored);
}

/// The byte after the last one of a string without escapes whose first byte is at `text`, or nullptr when it is not so simple.
inline const char* find_plain_string_end(const char* text, const char* end) {
  for (; text < end; text += kMaskBytes) {
    const uint32_t stops = string_stop_mask(text);
    if (stops == 0) continue;
    const char* stop = text + __builtin_ctz(stops);
    return *stop == '"' ? stop : nullptr;
  }
  return nullptr;
}

/// A string without escapes points into the line, another into scratch. Scalars give their text, objects and arrays their JSON text.
MR_HOT int32_t mr_json_read_string(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept {
  if (p == nullptr) return kReadNull;
  const char* quote = skip_one_blank(p);
  if (*quote == '"') {
    const char* stop = find_plain_string_end(quote + 1, end);
    if (stop != nullptr && ends_json_value(stop[1])) {
      out->data = quote + 1;
      out->size = stop - quote - 1;
      return kReadValue;
    }
  }
  if (is_plain_null(quote)) return kReadNull;
  return mr_json_read_string_slow(ctx, p, end, out);
}

MR_HOT int32_t mr_json_check_string(const char* p, const char* end) noexcept {
  if (p == nullptr) return kReadNull;
  const char* quote = skip_one_blank(p);
  if (*quote == '"') {
    const char* stop = find_plain_string_end(quote + 1, end);
    if (stop != nullptr && ends_json_value(stop[1])) return kReadValue;
  }
  if (is_plain_null(quote)) return kReadNull;
  return mr_json_check_string_slow(p, end);
}

}  // namespace millrace::abi
