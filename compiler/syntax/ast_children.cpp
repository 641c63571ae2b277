#include "compiler/syntax/ast_children.h"

namespace millrace::ast {

namespace {

using Visit = std::function<void(const Expr&)>;

struct ChildVisitor {
  const Visit& visit;

  void operator()(const ColumnName&) const {}
  void operator()(const Star&) const {}
  void operator()(const Columns&) const {}
  void operator()(const Literal&) const {}
  void operator()(const Interval&) const {}
  void operator()(const Exists&) const {}
  void operator()(const ScalarQuery&) const {}
  void operator()(const Unary& e) const { one(e.operand); }
  void operator()(const IsNull& e) const { one(e.operand); }
  void operator()(const IsTruth& e) const { one(e.operand); }
  void operator()(const InQuery& e) const { one(e.operand); }
  void operator()(const Cast& e) const { one(e.operand); }
  void operator()(const Lambda& e) const { one(e.body); }
  void operator()(const FieldAccess& e) const { one(e.operand); }
  void operator()(const ArrayLiteral& e) const { all(e.elements); }
  void operator()(const RowLiteral& e) const { all(e.elements); }

  void operator()(const Binary& e) const {
    one(e.left);
    one(e.right);
  }
  void operator()(const Subscript& e) const {
    one(e.operand);
    one(e.index);
  }
  void operator()(const Between& e) const {
    one(e.operand);
    one(e.low);
    one(e.high);
  }
  void operator()(const InList& e) const {
    one(e.operand);
    all(e.values);
  }
  void operator()(const Like& e) const {
    one(e.operand);
    all(e.patterns);
    one(e.escape);
  }
  void operator()(const Case& e) const {
    one(e.operand);
    for (const auto& [condition, value] : e.branches) {
      one(condition);
      one(value);
    }
    one(e.otherwise);
  }
  void operator()(const Call& e) const {
    all(e.arguments);
    one(e.filter);
    sorted(e.within_order);
    if (!e.over) return;
    all(e.over->partition_by);
    sorted(e.over->order_by);
    if (!e.over->frame) return;
    one(e.over->frame->start.offset);
    one(e.over->frame->end.offset);
  }

 private:
  void one(const ExprPtr& expr) const {
    if (expr) visit(*expr);
  }
  void all(const std::vector<ExprPtr>& list) const {
    for (const ExprPtr& expr : list) one(expr);
  }
  void sorted(const std::vector<SortItem>& items) const {
    for (const SortItem& item : items) one(item.expr);
  }

 public:
  explicit ChildVisitor(const Visit& v) : visit(v) {}
};

}  // namespace

void for_each_child(const Expr& expr, const Visit& visit) { std::visit(ChildVisitor(visit), expr.node); }

void for_each_query(const Expr& expr, const std::function<void(const Query&)>& visit) {
  for_each_child(expr, [&](const Expr& child) { for_each_query(child, visit); });
  if (const auto* in = std::get_if<InQuery>(&expr.node)) visit(*in->query);
  if (const auto* exists = std::get_if<Exists>(&expr.node)) visit(*exists->query);
  if (const auto* scalar = std::get_if<ScalarQuery>(&expr.node)) visit(*scalar->query);
}

}  // namespace millrace::ast
