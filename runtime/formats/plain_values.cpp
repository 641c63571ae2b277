#include "runtime/formats/plain_values.h"

#include <algorithm>

#include "runtime/formats/plain_number.h"
#include "runtime/hot/byte_mask.h"

namespace millrace {
namespace {

/// With its quotes; 0: it has escapes, or is no string. A control character ends the search.
uint32_t plain_text_size(const char* value) {
  if (*value != '"') return 0;
  const char* p = value + 1;
  uint32_t stops = 0;
  while ((stops = abi::string_stop_mask(p)) == 0) p += abi::kMaskBytes;
  p += __builtin_ctz(stops);
  return *p == '"' ? static_cast<uint32_t>(p - value) + 1 : 0;
}

uint32_t plain_digits_size(const char* value, uint32_t digits_max) {
  const uint32_t size = lowest_bit(~abi::digit_mask(value));
  return size <= digits_max && (size == 1 || *value != '0') ? size : 0;
}

}  // namespace

uint32_t digits_that_fit(abi::FieldType type) {
  switch (type) {
    case abi::FieldType::TinyInt: return 2;
    case abi::FieldType::SmallInt: return 4;
    case abi::FieldType::Int: return 9;
    case abi::FieldType::BigInt: return 18;
    default: return 0;
  }
}

PlainValues::PlainValues(const std::vector<abi::FieldSpec>& fields) {
  for (size_t f = 0; f < std::min<size_t>(fields.size(), abi::kKnownFieldsMax); ++f) {
    const uint32_t digits_max = digits_that_fit(fields[f].type);
    const bool is_text = fields[f].type == abi::FieldType::String;
    const bool is_number = fields[f].type == abi::FieldType::Double;
    fields_.push_back({is_text ? Spelling::Text : digits_max > 0 ? Spelling::Digits : is_number ? Spelling::Number : Spelling::Any, digits_max});
  }
}

uint32_t PlainValues::size_of(const Field& field, const char* value) {
  switch (field.spelling) {
    case Spelling::Any: return 0;
    case Spelling::Text: return plain_text_size(value);
    case Spelling::Digits: return plain_digits_size(value, field.digits_max);
    case Spelling::Number: return plain_number_size(abi::digit_mask(value), value);
  }
  return 0;
}

uint64_t PlainValues::note(const char* base, abi::JsonField* fields) const {
  constexpr uint32_t kBytes = (1u << abi::kWholeDigitsShift) - 1;
  uint64_t known = 0;
  for (size_t f = 0; f < fields_.size(); ++f) {
    if (fields[f].offset == abi::kNoField) continue;
    const char* value = base + fields[f].offset;
    value += *value == ' ';
    const uint32_t size = size_of(fields_[f], value);
    const uint32_t bytes = fields_[f].spelling == Spelling::Text ? size : size & kBytes;
    if (size == 0 || (value[bytes] != ',' && value[bytes] != '}')) continue;
    fields[f] = {static_cast<uint32_t>(value - base), size};
    known |= uint64_t{1} << f;
  }
  return known;
}

}  // namespace millrace
