#include <catch2/catch.hpp>

#include "compiler/expr/expr_printer.h"
#include "compiler/optimizer/rules.h"
#include "compiler/optimizer/simplify_expr.h"
#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

namespace {
std::string simplified(ExprPtr e) { return expr::to_string(*simplify(std::move(e))); }
const Schema kNumberAndFlag{{"a", BigInt}, {"b", Boolean}};
}  // namespace

TEST_CASE("constants are computed wherever they stand") {
  CHECK(simplified(gt(int_col(0), add(lit(1), lit(2)))) == "(c0 > 3)");
}

TEST_CASE("TRUE and FALSE vanish from logic or decide it") {
  CHECK(simplified(and_(boolean(true), bool_col(0))) == "c0");
  CHECK(simplified(and_(bool_col(0), boolean(false))) == "FALSE");
  CHECK(simplified(or_(bool_col(0), boolean(true))) == "TRUE");
  CHECK(simplified(and_(bool_col(0), and_(bool_col(1), bool_col(0)))) == "(c0 AND c1)");
}

TEST_CASE("NULL goes through the operators that give it on") {
  CHECK(simplified(add(int_col(0), null_of(BigInt))) == "NULL");
  CHECK(simplified(and_(bool_col(0), null_of(Boolean))) == "(c0 AND NULL)");
}

TEST_CASE("NOT moves into what it negates") {
  CHECK(simplified(not_(gt(int_col(0), lit(1)))) == "(c0 <= 1)");
  CHECK(simplified(not_(is_null(int_col(0)))) == "(c0 IS NOT NULL)");
  CHECK(simplified(not_(not_(bool_col(0)))) == "c0");
}

TEST_CASE("a field of a struct that is made on the spot is the field") {
  ExprPtr made = expr::make(expr::MakeStruct{list(int_col(0), string_col(1))},
                            SqlType::structure({{"x", BigInt}, {"y", String}}), false);
  CHECK(simplified(expr::make(expr::GetField{std::move(made), 1}, String, true)) == "c1");
}

TEST_CASE("branches of CASE that cannot be taken go") {
  expr::Case choice;
  choice.branches.emplace_back(boolean(false), lit(1));
  choice.branches.emplace_back(bool_col(0), lit(2));
  choice.branches.emplace_back(boolean(true), lit(3));
  choice.branches.emplace_back(bool_col(1), lit(4));
  choice.otherwise = null_of(BigInt);
  CHECK(simplified(expr::make(std::move(choice), BigInt, true)) == "CASE WHEN c0 THEN 2 ELSE 3 END");
}

TEST_CASE("a filter that is always true is no filter") {
  const NodePtr plan = fold_constants(filter(scan(0, kNumberAndFlag), gt(lit(2), lit(1))));
  CHECK(plan::equal(*plan, *scan(0, kNumberAndFlag)));
}

TEST_CASE("a filter that is NULL keeps nothing") {
  const NodePtr plan = fold_constants(filter(scan(0, kNumberAndFlag), and_(bool_col(1), null_of(Boolean))));
  CHECK(plan::equal(*plan, *filter(scan(0, kNumberAndFlag), boolean(false))));
}
