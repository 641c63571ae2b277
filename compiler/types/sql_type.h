#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

enum class TypeKind : uint8_t {
  Null,  ///< the type of a bare NULL literal; coerces to anything
  Boolean,
  TinyInt,
  SmallInt,
  Int,
  BigInt,
  Float,
  Double,
  Decimal,
  String,
  Binary,
  Date,       ///< days since 1970-01-01
  Timestamp,  ///< microseconds since the epoch, UTC
  IntervalYearMonth,
  IntervalDayTime,
  Array,
  Struct,
  Map,
};

struct StructField;

/// A SQL type; a value, compared by structure.
/// At run time every integer kind, DATE, TIMESTAMP and INTERVAL is an int64_t, FLOAT and DOUBLE a double (FLOAT rounded to single
/// precision after each operation), DECIMAL an abi::Decimal, STRING and BINARY an abi::StringRef, ARRAY and MAP one too (of a run of bytes laid out as
/// runtime/abi/nested.h says), STRUCT its fields side by side, and within an ARRAY or MAP a run of them.
struct SqlType {
  TypeKind kind = TypeKind::Null;
  uint8_t precision = 0;            ///< DECIMAL; of an INTERVAL its first field: see interval_first(); of a STRUCT that is an INTERVAL of months and days 1
  uint8_t scale = 0;                ///< DECIMAL; of an INTERVAL how many fields are left out behind its last one
  std::vector<StructField> fields;  ///< STRUCT: its fields; ARRAY: one, the element; MAP: two, key and value

  // Defined below StructField: C++20's constexpr vector needs its element complete wherever it is made or destroyed.
  SqlType();
  SqlType(TypeKind k);  // NOLINT: a kind without parameters is a type
  SqlType(const SqlType&);
  SqlType(SqlType&&) noexcept;
  SqlType& operator=(const SqlType&);
  SqlType& operator=(SqlType&&) noexcept;
  ~SqlType();

  static SqlType decimal(uint8_t precision, uint8_t scale);
  /// `kind` is IntervalYearMonth, with the fields YEAR 0 and MONTH 1, or IntervalDayTime, with DAY 0, HOUR 1, MINUTE 2 and SECOND 3.
  static SqlType interval(TypeKind kind, int first, int last);
  static SqlType array(SqlType element);
  static SqlType map(SqlType key, SqlType value);
  static SqlType structure(std::vector<StructField> fields);
  /// STRUCT<start: TIMESTAMP, end: TIMESTAMP>: what `window(…)` gives.
  static SqlType window();

  bool is(TypeKind k) const { return kind == k; }
  bool is_integer() const { return kind >= TypeKind::TinyInt && kind <= TypeKind::BigInt; }
  bool is_floating() const { return kind == TypeKind::Float || kind == TypeKind::Double; }
  bool is_numeric() const { return kind >= TypeKind::TinyInt && kind <= TypeKind::Decimal; }
  bool is_interval() const { return kind == TypeKind::IntervalYearMonth || kind == TypeKind::IntervalDayTime; }
  int interval_first() const { return precision; }
  int interval_last() const { return (kind == TypeKind::IntervalYearMonth ? 1 : 3) - scale; }
  int whole_digits() const { return precision - scale; }  ///< of a DECIMAL, before the point
  bool is_nested() const { return kind >= TypeKind::Array; }
  /// Whether its machine form is an abi::StringRef.
  bool is_bytes() const {
    return kind == TypeKind::String || kind == TypeKind::Binary || kind == TypeKind::Array || kind == TypeKind::Map;
  }

  bool operator==(const SqlType&) const;
};

struct StructField {
  std::string name;
  SqlType type;
  bool nullable = true;
  bool operator==(const StructField&) const = default;
};

inline SqlType::SqlType() = default;
inline SqlType::SqlType(TypeKind k) : kind(k) {}
inline SqlType::SqlType(const SqlType&) = default;
inline SqlType::SqlType(SqlType&&) noexcept = default;
inline SqlType& SqlType::operator=(const SqlType&) = default;
inline SqlType& SqlType::operator=(SqlType&&) noexcept = default;
inline SqlType::~SqlType() = default;

/// The type as SQL spells it: `BIGINT`, `STRUCT<start: TIMESTAMP, end: TIMESTAMP>`.
std::string to_string(const SqlType& type);

/// The least and the greatest value of an integer kind.
struct IntegerRange {
  int64_t min = 0;
  int64_t max = 0;
};
IntegerRange integer_range(TypeKind kind);

}  // namespace millrace
