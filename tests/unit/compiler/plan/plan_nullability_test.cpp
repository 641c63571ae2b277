#include "compiler/plan/plan_nullability.h"

#include <catch2/catch.hpp>

#include "tests/support/plan_builder.h"

using namespace millrace;
using namespace millrace::test;
using enum TypeKind;

TEST_CASE("above a filter the columns that it needs are NOT NULL, within it they may be NULL") {
  NodePtr root = project(filter(scan(0, kTwo), and_(is_not_null(int_col(0)), gt(int_col(0), lit(1)))), list(int_col(0), string_col(1)));
  plan::refresh_nullability(*root);
  const auto& op = std::get<plan::Project>(root->op);
  CHECK_FALSE(op.exprs[0]->nullable);
  CHECK(op.exprs[1]->nullable);
  CHECK_FALSE(root->schema[0].nullable);
  const auto& tests = std::get<expr::Logic>(std::get<plan::Filter>(op.input->op).predicate->node);
  CHECK(tests.operands[1]->nullable);
}

TEST_CASE("a left join makes its right side nullable again") {
  NodePtr right = filter(scan(1, kTwo, false), is_not_null(int_col(0)));
  NodePtr root = join(scan(0, kTwo), std::move(right),
                      {.kind = plan::JoinKind::Left, .left_keys = list(int_col(0)), .right_keys = list(int_col(0))});
  plan::refresh_nullability(*root);
  CHECK(root->schema[2].nullable);
  CHECK_FALSE(std::get<plan::Join>(root->op).right_keys[0]->nullable);
}

TEST_CASE("OR needs neither of its sides") {
  NodePtr root = filter(scan(0, kTwo), or_(is_not_null(int_col(0)), is_not_null(string_col(1))));
  plan::refresh_nullability(*root);
  CHECK(root->schema[0].nullable);
}
