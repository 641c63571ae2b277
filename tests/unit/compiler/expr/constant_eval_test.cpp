#include "compiler/expr/constant_eval.h"

#include <catch2/catch.hpp>

#include <limits>

#include "compiler/expr/expr_printer.h"
#include "tests/support/expr_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum expr::ArithmeticOp;
using enum expr::ComparisonOp;

namespace {

std::string value_of(ExprPtr e) {
  auto literal = expr::evaluate_constant(*e);
  return literal ? expr::to_string(**literal) : "not constant";
}
constexpr int64_t kGreatest = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
const double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("integer results out of range are NULL") {
  CHECK(value_of(add(lit(1), lit(2))) == "3");
  CHECK(value_of(add(lit(kGreatest), lit(1))) == "NULL");
  CHECK(value_of(add(lit(2147483647, TypeKind::Int), lit(1, TypeKind::Int))) == "NULL");
  CHECK(value_of(arithmetic(lit(kLeast), IntegerDivide, lit(-1))) == "NULL");
  CHECK(value_of(arithmetic(lit(kLeast), Modulo, lit(-1))) == "0");
  CHECK(value_of(expr::make(expr::Negate{lit(kLeast)}, TypeKind::BigInt, true)) == "NULL");
}

TEST_CASE("division and remainder by zero are NULL") {
  CHECK(value_of(arithmetic(lit(1.0), Divide, lit(0.0))) == "NULL");
  CHECK(value_of(arithmetic(lit(0.0), Divide, lit(0.0))) == "NULL");
  CHECK(value_of(arithmetic(lit(1), Modulo, lit(0))) == "NULL");
  CHECK(value_of(arithmetic(lit(-7), Modulo, lit(3))) == "-1");
}

TEST_CASE("logic has three values") {
  CHECK(value_of(and_(null_of(TypeKind::Boolean), boolean(false))) == "FALSE");
  CHECK(value_of(and_(null_of(TypeKind::Boolean), boolean(true))) == "NULL");
  CHECK(value_of(or_(null_of(TypeKind::Boolean), boolean(true))) == "TRUE");
  CHECK(value_of(not_(null_of(TypeKind::Boolean))) == "NULL");
}

TEST_CASE("NaN equals NaN and is larger than every number") {
  CHECK(value_of(eq(lit(kNaN), lit(kNaN))) == "TRUE");
  CHECK(value_of(gt(lit(kNaN), lit(1e308))) == "TRUE");
  CHECK(value_of(eq(lit(-0.0), lit(0.0))) == "TRUE");
}

TEST_CASE("NULL is a value for <=> only") {
  CHECK(value_of(eq(null_of(TypeKind::BigInt), lit(1))) == "NULL");
  CHECK(value_of(compare(null_of(TypeKind::BigInt), NullSafeEqual, lit(1))) == "FALSE");
  CHECK(value_of(compare(null_of(TypeKind::BigInt), NullSafeEqual, null_of(TypeKind::BigInt))) == "TRUE");
}

TEST_CASE("IN is unknown when no value matches and one is NULL") {
  const auto in = [](ExprPtr operand, bool negated) {
    return expr::make(expr::InList{std::move(operand), list(lit(1), null_of(TypeKind::BigInt)), negated}, TypeKind::Boolean, true);
  };
  CHECK(value_of(in(lit(1), false)) == "TRUE");
  CHECK(value_of(in(lit(1), true)) == "FALSE");
  CHECK(value_of(in(lit(2), false)) == "NULL");
  CHECK(value_of(in(null_of(TypeKind::BigInt), false)) == "NULL");
}

TEST_CASE("CASE, coalesce and greatest skip what is NULL") {
  expr::Case choice;
  choice.branches.emplace_back(null_of(TypeKind::Boolean), lit(1));
  choice.branches.emplace_back(boolean(true), lit(2));
  choice.otherwise = lit(3);
  CHECK(value_of(expr::make(std::move(choice), TypeKind::BigInt, false)) == "2");
  CHECK(value_of(expr::make(expr::Coalesce{list(null_of(TypeKind::BigInt), lit(4))}, TypeKind::BigInt, false)) == "4");
  CHECK(value_of(expr::make(expr::Extreme{true, list(null_of(TypeKind::Double), lit(1.5), lit(kNaN))}, TypeKind::Double, true)) ==
        "nan");
}

TEST_CASE("numeric casts truncate, and are NULL out of range") {
  CHECK(value_of(cast(lit(1.9), TypeKind::Int)) == "1");
  CHECK(value_of(cast(lit(-1.9), TypeKind::Int)) == "-1");
  CHECK(value_of(cast(lit(kNaN), TypeKind::Int)) == "NULL");
  CHECK(value_of(cast(lit(9223372036854775808.0), TypeKind::BigInt)) == "9223372036854775807");  // the double nearest to it
  CHECK(value_of(cast(lit(9223372036854777856.0), TypeKind::BigInt)) == "NULL");
  CHECK(value_of(cast(lit(300), TypeKind::TinyInt)) == "NULL");
  CHECK(value_of(cast(lit(0.1), TypeKind::Float)) == "0.10000000149011612");
  CHECK(value_of(cast(lit(2), TypeKind::Boolean)) == "TRUE");
}

TEST_CASE("columns are no constants") { CHECK(value_of(add(int_col(0), lit(1))) == "not constant"); }
