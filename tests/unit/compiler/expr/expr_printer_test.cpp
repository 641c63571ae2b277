#include "compiler/expr/expr_printer.h"

#include <catch2/catch.hpp>

#include "tests/support/expr_builder.h"

using namespace millrace;
using namespace millrace::test;

TEST_CASE("expressions print as SQL with explicit casts") {
  CHECK(expr::to_string(*gt(cast(int_col(0, "x"), TypeKind::Double), lit(1.0))) == "(CAST(x AS DOUBLE) > 1.0)");
  CHECK(expr::to_string(*like(string_col(0, "gt"), "%o'c%")) == "(gt LIKE '%o''c%')");
  CHECK(expr::to_string(*is_not_null(col(0, TypeKind::Int, "Arrival Time"))) == "(\"Arrival Time\" IS NOT NULL)");
  CHECK(expr::to_string(*null_of(TypeKind::Int)) == "NULL");
}

TEST_CASE("times print as their text in UTC") {
  CHECK(expr::to_string(*lit(1584786731485499, TypeKind::Timestamp)) == "TIMESTAMP '2020-03-21 10:32:11.485499'");
  CHECK(expr::to_string(*lit(-1, TypeKind::Timestamp)) == "TIMESTAMP '1969-12-31 23:59:59.999999'");
  CHECK(expr::to_string(*lit(18342, TypeKind::Date)) == "DATE '2020-03-21'");
}
