#pragma once

#include <cstdint>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/hot/byte_mask.h"
#include "runtime/hot/mr_hot.h"
#include "runtime/hot/number_parse.h"

/// Reading a csv field at its first use: the field as mr_csv_locate left it (data == nullptr: NULL), 64 readable bytes behind
/// it. The result is a ReadStatus; a text that does not fit the type is kReadNull, never an error. Nothing is trimmed, as in Spark.
namespace millrace::abi {

/// A sign and digits, within [min, max]; min <= 0 <= max.
MR_HOT int32_t mr_csv_read_int(const StringRef* field, int64_t min, int64_t max, int64_t* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  const char* digits = field->data;
  const bool negative = *digits == '-';
  digits += negative;
  const int count = __builtin_ctz(~digit_mask(digits) | uint32_t{1} << 31);
  if (count < 1 || count > 19 || digits + count != field->data + field->size) return mr_csv_read_int_slow(field, min, max, out);
  const uint64_t magnitude = digits_value(digits, count);
  const uint64_t bound = negative ? 0 - static_cast<uint64_t>(min) : static_cast<uint64_t>(max);
  if (magnitude > bound) return kReadNull;
  *out = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return kReadValue;
}

/// What Java's Double.parseDouble takes, and the names of infinity and NaN.
MR_HOT int32_t mr_csv_read_double(const StringRef* field, double* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  const char* first = field->data;
  const bool negative = *first == '-';
  first += negative;
  const PlainNumber number = find_plain_number(first);
  if (!number.straight || first + number.size != field->data + field->size) {
    return mr_cast_string_to_double(field, out) ? kReadValue : kReadNull;
  }
  *out = plain_number_value(first, number, negative);
  return kReadValue;
}

MR_HOT int32_t mr_csv_read_float(const StringRef* field, double* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  return mr_cast_string_to_float(field, out) ? kReadValue : kReadNull;
}

/// `true` and `false` in any letter case.
MR_HOT int32_t mr_csv_read_bool(const StringRef* field, bool* out) noexcept {
  if (field->data == nullptr || (field->size != 4 && field->size != 5)) return kReadNull;
  const char* name = field->size == 4 ? "true" : "false";
  for (int64_t i = 0; i < field->size; ++i) {
    if ((field->data[i] | 0x20) != name[i]) return kReadNull;
  }
  *out = field->size == 4;
  return kReadValue;
}

/// Also BINARY: the bytes of the text.
MR_HOT int32_t mr_csv_read_string(const StringRef* field, StringRef* out) noexcept {
  if (field->data == nullptr) return kReadNull;
  *out = *field;
  return kReadValue;
}

}  // namespace millrace::abi
