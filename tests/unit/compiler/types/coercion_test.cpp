#include "compiler/types/coercion.h"

#include <catch2/catch.hpp>

using namespace millrace;
using enum TypeKind;

TEST_CASE("numbers meet at the wider type") {
  CHECK(common_type(TinyInt, BigInt) == SqlType(BigInt));
  CHECK(common_type(Int, Double) == SqlType(Double));
  CHECK(common_type(BigInt, Float) == SqlType(Float));
  CHECK(common_type(Float, Double) == SqlType(Double));
}

TEST_CASE("decimals keep the digits of both, up to 38") {
  CHECK(common_type(SqlType::decimal(5, 2), SqlType::decimal(10, 4)) == SqlType::decimal(10, 4));
  CHECK(common_type(SqlType::decimal(5, 2), Int) == SqlType::decimal(12, 2));
  CHECK(common_type(BigInt, SqlType::decimal(3, 1)) == SqlType::decimal(21, 1));
  CHECK(common_type(SqlType::decimal(38, 0), SqlType::decimal(10, 10)) == SqlType::decimal(38, 10));
  CHECK(common_type(SqlType::decimal(5, 2), Double) == SqlType(Double));
  CHECK(common_type(SqlType::decimal(5, 2), Float) == SqlType(Double));
}

TEST_CASE("NULL takes any type") {
  CHECK(common_type(Null, SqlType::window()) == SqlType::window());
  CHECK(common_type(Date, Null) == SqlType(Date));
  CHECK(common_type(Null, Null) == SqlType(Null));
}

TEST_CASE("in CASE and UNION a string beside an atomic value makes strings, save booleans and bytes") {
  CHECK(common_type(String, Int) == SqlType(String));
  CHECK(common_type(Timestamp, String) == SqlType(String));
  CHECK_FALSE(common_type(String, Boolean));
  CHECK_FALSE(common_type(String, Binary));
  CHECK_FALSE(common_type(Boolean, Int));
}

TEST_CASE("dates and timestamps meet at the timestamp") {
  CHECK(common_type(Date, Timestamp) == SqlType(Timestamp));
  CHECK_FALSE(common_type(Date, Int));
}

TEST_CASE("nested types meet part by part") {
  CHECK(common_type(SqlType::array(Int), SqlType::array(Double)) == SqlType::array(Double));
  CHECK(common_type(SqlType::map(String, Int), SqlType::map(String, BigInt)) == SqlType::map(String, BigInt));
  const SqlType a = SqlType::structure({{"x", Int, false}});
  const SqlType b = SqlType::structure({{"X", BigInt, true}});
  CHECK(common_type(a, b) == SqlType::structure({{"x", BigInt, true}}));
  CHECK_FALSE(common_type(a, SqlType::structure({{"y", Int, true}})));
  CHECK_FALSE(common_type(SqlType::array(Int), Int));
}

TEST_CASE("a comparison casts the string, not the other side") {
  CHECK(comparison_type(String, Int) == SqlType(Int));
  CHECK(comparison_type(Double, String) == SqlType(Double));
  CHECK(comparison_type(String, SqlType::decimal(10, 2)) == SqlType(Double));
  CHECK(comparison_type(String, Timestamp) == SqlType(Timestamp));
  CHECK(comparison_type(Date, String) == SqlType(Date));
  CHECK(comparison_type(String, Boolean) == SqlType(Boolean));
  CHECK(comparison_type(String, String) == SqlType(String));
  CHECK(comparison_type(Null, String) == SqlType(String));
  CHECK_FALSE(comparison_type(String, SqlType::array(String)));
}

TEST_CASE("a boolean compares with a number as a number") {
  CHECK(comparison_type(Boolean, Int) == SqlType(Int));
  CHECK(comparison_type(BigInt, Boolean) == SqlType(BigInt));
}

TEST_CASE("implicit casts of arguments are Spark's") {
  CHECK(implicitly_castable(BigInt, Int));
  CHECK(implicitly_castable(String, Double));
  CHECK(implicitly_castable(Int, String));
  CHECK(implicitly_castable(Boolean, String));
  CHECK(implicitly_castable(Date, Timestamp));
  CHECK(implicitly_castable(String, Binary));
  CHECK(implicitly_castable(Null, SqlType::array(Int)));
  CHECK(implicitly_castable(SqlType::array(Int), SqlType::array(Double)));
  CHECK_FALSE(implicitly_castable(String, Boolean));
  CHECK_FALSE(implicitly_castable(Int, Boolean));
  CHECK_FALSE(implicitly_castable(Int, Timestamp));
  CHECK_FALSE(implicitly_castable(SqlType::array(Int), String));
}

TEST_CASE("explicit casts reach further") {
  CHECK(explicitly_castable(Double, Timestamp));
  CHECK(explicitly_castable(Timestamp, BigInt));
  CHECK(explicitly_castable(String, Boolean));
  CHECK(explicitly_castable(SqlType::window(), String));
  CHECK(explicitly_castable(Int, Binary));
  CHECK(explicitly_castable(String, IntervalDayTime));
  CHECK_FALSE(explicitly_castable(Int, Date));
  CHECK_FALSE(explicitly_castable(Double, Binary));
  CHECK_FALSE(explicitly_castable(Binary, Int));
  CHECK_FALSE(explicitly_castable(Int, SqlType::array(Int)));
  CHECK(explicitly_castable(IntervalDayTime, Int));
}

TEST_CASE("the cost of a cast orders overloads") {
  CHECK(cast_cost(Int, Int) == 0);
  CHECK(*cast_cost(Int, BigInt) < *cast_cost(Int, Double));
  CHECK(*cast_cost(BigInt, Double) < *cast_cost(BigInt, Float));
  CHECK(*cast_cost(Int, Double) < *cast_cost(Int, SqlType::decimal(10, 0)));
  CHECK(*cast_cost(Float, Double) < *cast_cost(Double, Float));
  CHECK(*cast_cost(String, Double) < *cast_cost(String, Int));
  CHECK(*cast_cost(Int, Double) < *cast_cost(Int, String));
  CHECK(*cast_cost(SqlType::decimal(5, 2), Double) < *cast_cost(SqlType::decimal(5, 2), BigInt));
  CHECK_FALSE(cast_cost(Boolean, Int));
}
