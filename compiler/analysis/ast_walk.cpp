#include "compiler/analysis/ast_walk.h"

namespace millrace {

namespace {

using Visit = std::function<void(const ast::Expr&)>;

struct Children {
  const Visit& visit;

  void one(const ast::ExprPtr& e) const {
    if (e) visit(*e);
  }
  void all(const std::vector<ast::ExprPtr>& exprs) const {
    for (const ast::ExprPtr& e : exprs) one(e);
  }
  void operator()(const ast::ColumnName&) const {}
  void operator()(const ast::Star& e) const { one(e.of); }
  void operator()(const ast::Columns&) const {}
  void operator()(const ast::Literal&) const {}
  void operator()(const ast::Interval&) const {}
  void operator()(const ast::Unary& e) const { one(e.operand); }
  void operator()(const ast::Binary& e) const {
    one(e.left);
    one(e.right);
  }
  void operator()(const ast::IsNull& e) const { one(e.operand); }
  void operator()(const ast::IsTruth& e) const { one(e.operand); }
  void operator()(const ast::Between& e) const {
    one(e.operand);
    one(e.low);
    one(e.high);
  }
  void operator()(const ast::InList& e) const {
    one(e.operand);
    all(e.values);
  }
  void operator()(const ast::InQuery& e) const { one(e.operand); }
  void operator()(const ast::Exists&) const {}
  void operator()(const ast::ScalarQuery&) const {}
  void operator()(const ast::Like& e) const {
    one(e.operand);
    all(e.patterns);
    one(e.escape);
  }
  void operator()(const ast::Case& e) const {
    one(e.operand);
    for (const auto& [condition, result] : e.branches) {
      one(condition);
      one(result);
    }
    one(e.otherwise);
  }
  void operator()(const ast::Cast& e) const { one(e.operand); }
  void operator()(const ast::Call& e) const {
    all(e.arguments);
    one(e.filter);
  }
  void operator()(const ast::Lambda& e) const { one(e.body); }
  void operator()(const ast::Subscript& e) const {
    one(e.operand);
    one(e.index);
  }
  void operator()(const ast::FieldAccess& e) const { one(e.operand); }
  void operator()(const ast::ArrayLiteral& e) const { all(e.elements); }
  void operator()(const ast::RowLiteral& e) const { all(e.elements); }
};

}  // namespace

void for_each_child(const ast::Expr& e, const Visit& visit) { std::visit(Children{visit}, e.node); }

void for_each_expr(const ast::Expr& e, const Visit& visit) {
  visit(e);
  for_each_child(e, [&](const ast::Expr& child) { for_each_expr(child, visit); });
}

}  // namespace millrace
