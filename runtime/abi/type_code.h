#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"

/// A SQL type as a run of bytes, by which functions of the runtime know what is in a nested value. One letter a kind; after Array the
/// element's code; after Map the key's and the value's; after Struct a uint16 with the number of fields, then for each a uint16 with the
/// size of its name, the name, its code; after Decimal a byte with its precision and one with its scale; after an INTERVAL one with its first field and one
/// with its last. Written by the compiler, constant while a query runs.
namespace millrace::abi {

enum class TypeCode : char {
  Null = 'n',
  Boolean = 'b',
  TinyInt = '1',
  SmallInt = '2',
  Int = '4',
  BigInt = '8',
  Float = 'f',
  Double = 'd',
  Decimal = 'N',
  String = 's',
  Binary = 'x',
  Date = 'D',
  Timestamp = 'T',
  IntervalYearMonth = 'Y',
  IntervalDayTime = 'I',
  Array = 'A',
  Struct = 'S',
  Map = 'M',
};

inline TypeCode type_of(const char* code) { return static_cast<TypeCode>(*code); }

inline bool is_floating(TypeCode type) { return type == TypeCode::Float || type == TypeCode::Double; }
inline bool is_integer(TypeCode type) {
  return type == TypeCode::TinyInt || type == TypeCode::SmallInt || type == TypeCode::Int || type == TypeCode::BigInt;
}

/// The least and the greatest value of an integer type.
struct IntegerBounds {
  int64_t min, max;
};
inline IntegerBounds bounds_of(TypeCode type) {
  switch (type) {
    case TypeCode::TinyInt: return {INT8_MIN, INT8_MAX};
    case TypeCode::SmallInt: return {INT16_MIN, INT16_MAX};
    case TypeCode::Int: return {INT32_MIN, INT32_MAX};
    default: return {INT64_MIN, INT64_MAX};
  }
}

inline bool is_nested(TypeCode type) { return type == TypeCode::Array || type == TypeCode::Struct || type == TypeCode::Map; }
/// Whether a slot of this type points at bytes.
inline bool is_bytes(TypeCode type) {
  return type == TypeCode::String || type == TypeCode::Binary || type == TypeCode::Decimal || is_nested(type);
}
inline bool is_interval(TypeCode type) { return type == TypeCode::IntervalYearMonth || type == TypeCode::IntervalDayTime; }

/// Of a Decimal.
inline int64_t precision_of(const char* code) { return code[1]; }
inline int64_t scale_of(const char* code) { return code[2]; }
/// Of an interval: YEAR 0, MONTH 1; DAY 0, HOUR 1, MINUTE 2, SECOND 3.
inline int64_t first_field_of(const char* code) { return code[1]; }
inline int64_t last_field_of(const char* code) { return code[2]; }

inline uint32_t type_code_number(const char* code) {
  uint16_t number;
  std::memcpy(&number, code, sizeof number);
  return number;
}

/// The code of an array's elements, or of a map's keys.
inline const char* element_code(const char* code) { return code + 1; }

inline uint32_t struct_field_count(const char* code) { return type_code_number(code + 1); }
inline const char* first_field(const char* code) { return code + 3; }
/// `field` as first_field and next_field give it.
inline StringRef field_name(const char* field) { return {field + 2, static_cast<int64_t>(type_code_number(field))}; }
inline const char* field_code(const char* field) { return field + 2 + type_code_number(field); }

/// What follows a type in a code.
inline const char* skip_type_code(const char* code) {
  switch (type_of(code)) {
    case TypeCode::Array: return skip_type_code(code + 1);
    case TypeCode::Map: return skip_type_code(skip_type_code(code + 1));
    case TypeCode::Struct: {
      const uint32_t count = struct_field_count(code);
      const char* field = first_field(code);
      for (uint32_t i = 0; i < count; ++i) field = skip_type_code(field_code(field));
      return field;
    }
    case TypeCode::Decimal:
    case TypeCode::IntervalYearMonth:
    case TypeCode::IntervalDayTime: return code + 3;
    default: return code + 1;
  }
}

inline const char* next_field(const char* field) { return skip_type_code(field_code(field)); }

/// The code of a map's values.
inline const char* map_value_code(const char* code) { return skip_type_code(code + 1); }

}  // namespace millrace::abi
