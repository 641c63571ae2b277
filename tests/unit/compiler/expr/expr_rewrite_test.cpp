#include "compiler/expr/expr_rewrite.h"

#include <catch2/catch.hpp>

#include "compiler/expr/expr_printer.h"
#include "tests/support/expr_builder.h"

using namespace millrace;
using namespace millrace::test;

TEST_CASE("a clone equals its original and is another tree") {
  expr::Case branches;
  branches.branches.emplace_back(gt(int_col(0), lit(1)), add(int_col(1), lit(2)));
  branches.otherwise = null_of(TypeKind::BigInt);
  const ExprPtr e = expr::make(std::move(branches), TypeKind::BigInt, true);
  const ExprPtr copy = expr::clone(*e);
  CHECK(expr::equal(*e, *copy));
  CHECK(e.get() != copy.get());
}

TEST_CASE("expressions differ by column, constant, operator and type") {
  CHECK_FALSE(expr::equal(*int_col(0), *int_col(1)));
  CHECK_FALSE(expr::equal(*lit(1), *lit(2)));
  CHECK_FALSE(expr::equal(*eq(int_col(0), lit(1)), *gt(int_col(0), lit(1))));
  CHECK_FALSE(expr::equal(*cast(int_col(0), TypeKind::Double), *cast(int_col(0), TypeKind::String)));
  CHECK(expr::equal(*int_col(0, "a"), *int_col(0, "b")));
}

TEST_CASE("substitution puts expressions in place of columns") {
  const ExprPtr sum = add(int_col(3), lit(1));
  ExprPtr e = expr::substitute(gt(int_col(0), int_col(1)), {sum.get(), nullptr});
  CHECK(expr::to_string(*e) == "((c3 + 1) > c1)");
}

TEST_CASE("columns are collected and renumbered") {
  ExprPtr e = and_(gt(int_col(4), lit(1)), eq(int_col(1), lit(2)));
  std::vector<bool> used;
  expr::collect_columns(*e, used);
  CHECK(used == std::vector<bool>{false, true, false, false, true});
  expr::remap_columns(*e, {9, 0, 9, 9, 1});
  CHECK(expr::equal(*e, *and_(gt(int_col(1), lit(1)), eq(int_col(0), lit(2)))));
}

TEST_CASE("conjuncts are split through nested ANDs and joined again") {
  std::vector<ExprPtr> parts = expr::split_conjuncts(and_(bool_col(0), and_(bool_col(1), or_(bool_col(2), bool_col(3)))));
  REQUIRE(parts.size() == 3);
  CHECK(expr::to_string(*expr::join_conjuncts(std::move(parts))) == "(c0 AND c1 AND (c2 OR c3))");
  CHECK(expr::join_conjuncts({}) == nullptr);
}

TEST_CASE("a nondeterministic call is no constant") {
  ScalarFunction random{.name = "rand", .parameters = {}, .result = TypeKind::Double, .deterministic = false, .native = {}, .example = {}};
  CHECK_FALSE(expr::is_constant(*call(random, TypeKind::Double)));
  CHECK(expr::is_constant(*add(lit(1), lit(2))));
  CHECK_FALSE(expr::is_constant(*add(lit(1), int_col(0))));
}
