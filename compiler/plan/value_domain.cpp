#include "compiler/plan/value_domain.h"

#include <cstdlib>
#include <string_view>

namespace millrace::plan {

namespace {

using Domain = std::optional<ValueDomain>;

// What goes beyond is no bound that anybody would rely on.
constexpr int64_t kMostValues = 1'000'000;

Domain domain_of_column(const Node& node, uint32_t index);

Domain of_count(int64_t values, bool nullable) {
  if (values > kMostValues) return std::nullopt;
  return ValueDomain{values + (nullable ? 1 : 0)};
}

Domain sum(Domain a, Domain b) {
  if (!a || !b) return std::nullopt;
  if (a->values == 0 || b->values == 0) return ValueDomain{0};
  return of_count(a->values + b->values, false);
}

/// Parts of a date or a time.
int64_t values_of_call(std::string_view name) {
  struct Part { std::string_view name; int64_t values; };
  constexpr Part kParts[] = {{"quarter", 4}, {"month", 12}, {"weekofyear", 53}, {"day", 31}, {"dayofmonth", 31}, {"dayofweek", 7},
                             {"weekday", 7}, {"dayofyear", 366}, {"hour", 24}, {"minute", 60}, {"second", 60}};
  for (const Part& part : kParts) {
    if (part.name == name) return part.values;
  }
  return 0;
}

const int64_t* integer_literal(const expr::Expr& e) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  return literal ? std::get_if<int64_t>(&literal->value) : nullptr;
}

Domain domain_of_node(const expr::Expr& e, const Node& input) {
  if (std::holds_alternative<expr::Literal>(e.node)) return ValueDomain{1};
  if (const auto* column = std::get_if<expr::ColumnRef>(&e.node)) return domain_of_column(input, column->index);
  if (const auto* cast = std::get_if<expr::Cast>(&e.node)) return sum(value_domain(*cast->operand, input), ValueDomain{1});
  if (const auto* call = std::get_if<expr::Call>(&e.node)) {
    const int64_t values = values_of_call(call->function->name);
    return values > 0 ? of_count(values, e.nullable) : std::nullopt;
  }
  if (const auto* arithmetic = std::get_if<expr::Arithmetic>(&e.node)) {
    const int64_t* divisor = integer_literal(*arithmetic->right);
    if (arithmetic->op != expr::ArithmeticOp::Modulo || !divisor || *divisor > kMostValues || *divisor < -kMostValues) return std::nullopt;
    return of_count(2 * std::abs(*divisor), e.nullable);
  }
  if (const auto* choice = std::get_if<expr::Case>(&e.node)) {
    Domain all = value_domain(*choice->otherwise, input);
    for (const auto& [when, then] : choice->branches) all = sum(all, value_domain(*then, input));
    return all;
  }
  if (const auto* first = std::get_if<expr::Coalesce>(&e.node)) {
    Domain all = ValueDomain{1};
    for (const auto& operand : first->operands) all = sum(all, value_domain(*operand, input));
    return all;
  }
  return std::nullopt;
}

/// What a predicate that rows have passed says of a column: `k = 'a'`, `k IN ('a', 'b')`.
Domain allowed_by(const expr::Expr& predicate, uint32_t index) {
  const auto is_column = [index](const expr::Expr& e) {
    const auto* column = std::get_if<expr::ColumnRef>(&e.node);
    return column != nullptr && column->index == index;
  };
  const auto is_literal = [](const expr::Expr& e) { return std::holds_alternative<expr::Literal>(e.node); };
  if (const auto* logic = std::get_if<expr::Logic>(&predicate.node)) {
    Domain found = logic->op == expr::LogicOp::Or ? Domain(ValueDomain{1}) : std::nullopt;
    for (const auto& operand : logic->operands) {
      const Domain one = allowed_by(*operand, index);
      if (logic->op == expr::LogicOp::Or) found = sum(found, one);
      else if (one && !found) found = one;
    }
    return found;
  }
  if (const auto* list = std::get_if<expr::InList>(&predicate.node)) {
    if (list->negated || !is_column(*list->operand)) return std::nullopt;
    for (const auto& value : list->values) {
      if (!is_literal(*value)) return std::nullopt;
    }
    return of_count(static_cast<int64_t>(list->values.size()), false);
  }
  const auto* comparison = std::get_if<expr::Comparison>(&predicate.node);
  const bool equal = comparison != nullptr && comparison->op == expr::ComparisonOp::Equal &&
                     ((is_column(*comparison->left) && is_literal(*comparison->right)) ||
                      (is_column(*comparison->right) && is_literal(*comparison->left)));
  return equal ? Domain(ValueDomain{1}) : std::nullopt;
}

/// One of a node's columns, by what the node does.
struct ColumnDomain {
  uint32_t index;

  Domain operator()(const Filter& filter) const {
    const Domain allowed = allowed_by(*filter.predicate, index);
    return allowed ? allowed : domain_of_column(*filter.input, index);
  }
  Domain operator()(const Project& project) const { return value_domain(*project.exprs[index], *project.input); }
  Domain operator()(const ObserveTime& observe) const { return domain_of_column(*observe.input, index); }
  Domain operator()(const Sort& sort) const { return domain_of_column(*sort.input, index); }
  Domain operator()(const Limit& limit) const { return domain_of_column(*limit.input, index); }
  Domain operator()(const Keep& keep) const { return domain_of_column(*keep.input, index); }
  Domain operator()(const WindowAssign& window) const { return of_input(*window.input); }
  Domain operator()(const Generate& generate) const { return of_input(*generate.input); }
  Domain operator()(const Over& over) const { return of_input(*over.input); }
  Domain operator()(const Aggregate& aggregate) const {
    const uint32_t first = aggregate.window ? 2 : 0;
    if (index < first || index - first >= aggregate.keys.size()) return std::nullopt;
    return sum(value_domain(*aggregate.keys[index - first], *aggregate.input), ValueDomain{1});
  }
  Domain operator()(const Join& join) const {
    const auto left = static_cast<uint32_t>(join.left->schema.size());
    if (index < left) return sum(domain_of_column(*join.left, index), ValueDomain{1});
    if (shows_left_only(join.kind)) return std::nullopt;
    return sum(domain_of_column(*join.right, index - left), ValueDomain{1});
  }
  Domain operator()(const Union& all) const {
    Domain found = ValueDomain{1};
    for (const NodePtr& input : all.inputs) found = sum(found, domain_of_column(*input, index));
    return found;
  }
  Domain operator()(const Scan&) const { return std::nullopt; }
  Domain operator()(const Values& values) const { return of_count(static_cast<int64_t>(values.rows.size()), false); }
  Domain operator()(const Differentiate& n) const { return index < n.visible ? of_input(*n.input) : std::nullopt; }
  Domain operator()(const Integrate& n) const { return index + 1 < n.input->schema.size() ? of_input(*n.input) : std::nullopt; }
  Domain operator()(const ShowChanges&) const { return std::nullopt; }

 private:
  Domain of_input(const Node& input) const {
    return index < input.schema.size() ? domain_of_column(input, index) : std::nullopt;
  }
};

Domain domain_of_column(const Node& node, uint32_t index) {
  if (!node.is_stream) return ValueDomain{0};
  return std::visit(ColumnDomain{index}, node.op);
}

Domain of_type(const expr::Expr& e) {
  if (e.type.is(TypeKind::Boolean)) return of_count(2, e.nullable);
  if (e.type.is(TypeKind::TinyInt)) return of_count(256, e.nullable);
  return std::nullopt;
}

}  // namespace

std::optional<ValueDomain> value_domain(const expr::Expr& e, const Node& input) {
  const Domain by_type = of_type(e);
  const Domain by_node = domain_of_node(e, input);
  if (!by_node || !by_type) return by_node ? by_node : by_type;
  const bool by_node_is_less = by_node->values != 0 && by_node->values < by_type->values;
  return by_node_is_less ? by_node : by_type;
}

}  // namespace millrace::plan
