#include "compiler/types/sql_type.h"

#include <catch2/catch.hpp>

#include "compiler/types/schema.h"

using namespace millrace;

TEST_CASE("types print as SQL spells them") {
  CHECK(to_string(TypeKind::BigInt) == "BIGINT");
  CHECK(to_string(TypeKind::Null) == "VOID");
  CHECK(to_string(SqlType::decimal(10, 2)) == "DECIMAL(10,2)");
  CHECK(to_string(SqlType::array(TypeKind::Int)) == "ARRAY<INT>");
  CHECK(to_string(SqlType::map(TypeKind::String, SqlType::array(TypeKind::Double))) == "MAP<STRING, ARRAY<DOUBLE>>");
  CHECK(to_string(SqlType::window()) == "STRUCT<start: TIMESTAMP, end: TIMESTAMP>");
  CHECK(to_string(SqlType::structure({{"a", TypeKind::Int, false}})) == "STRUCT<a: INT NOT NULL>");
}

TEST_CASE("types compare by structure") {
  CHECK(SqlType::decimal(10, 2) == SqlType::decimal(10, 2));
  CHECK_FALSE(SqlType::decimal(10, 2) == SqlType::decimal(10, 3));
  CHECK(SqlType::array(TypeKind::Int) == SqlType::array(TypeKind::Int));
  CHECK_FALSE(SqlType::array(TypeKind::Int) == SqlType::array(TypeKind::BigInt));
  const Schema a{{"x", SqlType::window(), true}};
  CHECK(a == Schema{{"x", SqlType::window(), true}});
}

TEST_CASE("kinds fall into their families") {
  CHECK(SqlType(TypeKind::SmallInt).is_integer());
  CHECK(SqlType::decimal(3, 1).is_numeric());
  CHECK_FALSE(SqlType(TypeKind::String).is_numeric());
  CHECK(SqlType(TypeKind::Float).is_floating());
  CHECK(SqlType(TypeKind::IntervalDayTime).is_interval());
  CHECK(SqlType::window().is_nested());
}

TEST_CASE("integer ranges are those of two's complement") {
  CHECK(integer_range(TypeKind::TinyInt).min == -128);
  CHECK(integer_range(TypeKind::SmallInt).max == 32767);
  CHECK(integer_range(TypeKind::Int).max == 2147483647);
  CHECK(integer_range(TypeKind::BigInt).min == INT64_MIN);
}
