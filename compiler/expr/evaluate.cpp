#include "compiler/expr/evaluate.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/expr/evaluate_cast.h"
#include "compiler/expr/like_match.h"
#include "compiler/expr/native_call.h"
#include "compiler/expr/nested_value.h"
#include "runtime/abi/calls/decimal.h"

namespace millrace::expr {

namespace {

/// Thrown inside evaluate() only, to leave a deep recursion.
struct OutOfReach {};

int compare_doubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

IntegerRange range_of(const SqlType& type) {
  if (type.is(TypeKind::IntervalYearMonth)) return integer_range(TypeKind::Int);
  return integer_range(type.is_integer() ? type.kind : TypeKind::BigInt);
}

/// The result, or NULL where it does not fit.
Value fitting(__int128 result, const SqlType& type) {
  const IntegerRange range = range_of(type);
  if (result < range.min || result > range.max) return {};
  return {static_cast<int64_t>(result)};
}

Value integer_arithmetic(ArithmeticOp op, int64_t a, int64_t b, const SqlType& type) {
  const __int128 x = a;
  switch (op) {
    case ArithmeticOp::Add: return fitting(x + b, type);
    case ArithmeticOp::Subtract: return fitting(x - b, type);
    case ArithmeticOp::Multiply: return fitting(x * b, type);
    case ArithmeticOp::IntegerDivide: return b == 0 ? Value{} : fitting(x / b, type);
    case ArithmeticOp::Modulo: return b == 0 ? Value{} : fitting(x % b, type);
    case ArithmeticOp::BitAnd: return {a & b};
    case ArithmeticOp::BitOr: return {a | b};
    case ArithmeticOp::BitXor: return {a ^ b};
    case ArithmeticOp::Divide: break;
  }
  throw OutOfReach{};
}

Value rounded(double result, const SqlType& type) {
  return {type.is(TypeKind::Float) ? static_cast<double>(static_cast<float>(result)) : result};
}

Value double_arithmetic(ArithmeticOp op, double a, double b, const SqlType& type) {
  switch (op) {
    case ArithmeticOp::Add: return rounded(a + b, type);
    case ArithmeticOp::Subtract: return rounded(a - b, type);
    case ArithmeticOp::Multiply: return rounded(a * b, type);
    case ArithmeticOp::Divide: return b == 0 ? Value{} : rounded(a / b, type);
    case ArithmeticOp::Modulo: return b == 0 ? Value{} : rounded(std::fmod(a, b), type);
    default: throw OutOfReach{};
  }
}

bool holds(ComparisonOp op, int order) {
  switch (op) {
    case ComparisonOp::Equal:
    case ComparisonOp::NullSafeEqual: return order == 0;
    case ComparisonOp::NotEqual: return order != 0;
    case ComparisonOp::Less: return order < 0;
    case ComparisonOp::LessEqual: return order <= 0;
    case ComparisonOp::Greater: return order > 0;
    case ComparisonOp::GreaterEqual: return order >= 0;
  }
  return false;
}

std::string ascii_lower(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) throw OutOfReach{};
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Value required(std::optional<Value> value) {
  if (!value) throw OutOfReach{};
  return std::move(*value);
}

/// Both sides by the general functions, whatever their types.
Value decimal_arithmetic(const Arithmetic& n, const abi::Decimal& a, const abi::Decimal& b, const SqlType& type) {
  const abi::DecimalShape shape{n.left->type.scale, n.right->type.scale, type.precision, type.scale};
  if (n.op == ArithmeticOp::IntegerDivide) {
    int64_t whole = 0;
    return abi::mr_decimal_quotient(&a, &b, shape.packed(), &whole) ? Value{whole} : Value{};
  }
  using Function = bool (*)(const abi::Decimal*, const abi::Decimal*, int64_t, abi::Decimal*) noexcept;
  const auto function = [&]() -> Function {
    switch (n.op) {
      case ArithmeticOp::Add: return abi::mr_decimal_add;
      case ArithmeticOp::Subtract: return abi::mr_decimal_subtract;
      case ArithmeticOp::Multiply: return abi::mr_decimal_multiply;
      case ArithmeticOp::Divide: return abi::mr_decimal_divide;
      case ArithmeticOp::Modulo: return abi::mr_decimal_modulo;
      default: throw OutOfReach{};
    }
  }();
  abi::Decimal out;
  return function(&a, &b, shape.packed(), &out) ? Value{out} : Value{};
}

class Evaluator {
 public:
  Evaluator(std::span<const Value> row, abi::PipelineContext* context) : row_(row), context_(context) {}

  Value value(const Expr& e) const {
    return std::visit([&](const auto& node) { return this->node(node, e); }, e.node);
  }

 private:
  Value node(const ColumnRef& n, const Expr&) const {
    if (n.index >= row_.size()) throw OutOfReach{};
    return row_[n.index];
  }
  Value node(const Literal& n, const Expr&) const {
    return std::visit([](const auto& v) { return Value{v}; }, n.value);
  }
  Value node(const Arithmetic& n, const Expr& e) const {
    const Value a = value(*n.left);
    const Value b = value(*n.right);
    if (a.is_null() || b.is_null()) return {};
    const auto* x = std::get_if<int64_t>(&a.data);
    const auto* y = std::get_if<int64_t>(&b.data);
    if (x && y) return integer_arithmetic(n.op, *x, *y, e.type);
    const auto* p = std::get_if<double>(&a.data);
    const auto* q = std::get_if<double>(&b.data);
    if (p && q) return double_arithmetic(n.op, *p, *q, e.type);
    const auto* c = std::get_if<abi::Decimal>(&a.data);
    const auto* d = std::get_if<abi::Decimal>(&b.data);
    if (c && d) return decimal_arithmetic(n, *c, *d, e.type);
    throw OutOfReach{};
  }
  Value node(const Negate& n, const Expr& e) const {
    const Value v = value(*n.operand);
    if (const auto* i = std::get_if<int64_t>(&v.data)) return fitting(-static_cast<__int128>(*i), e.type);
    if (const auto* d = std::get_if<double>(&v.data)) return {-*d};
    if (const auto* d = std::get_if<abi::Decimal>(&v.data)) return {abi::decimal_of(-abi::wide_of(*d))};
    return null_or_out_of_reach(v);
  }
  Value node(const BitNot& n, const Expr&) const {
    const Value v = value(*n.operand);
    if (const auto* i = std::get_if<int64_t>(&v.data)) return {~*i};
    return null_or_out_of_reach(v);
  }
  Value node(const Comparison& n, const Expr&) const {
    const Value a = value(*n.left);
    const Value b = value(*n.right);
    if (n.op == ComparisonOp::NullSafeEqual && (a.is_null() || b.is_null())) return {a.is_null() && b.is_null()};
    if (a.is_null() || b.is_null()) return {};
    return {holds(n.op, compare_values(a, b))};
  }
  Value node(const Logic& n, const Expr&) const {
    const bool deciding = n.op == LogicOp::Or;
    bool unknown = false;
    for (const ExprPtr& operand : n.operands) {
      const Value v = value(*operand);
      if (v.is_null()) {
        unknown = true;
      } else if (v.is_true() == deciding) {
        return {deciding};
      }
    }
    return unknown ? Value{} : Value{!deciding};
  }
  Value node(const Not& n, const Expr&) const {
    const Value v = value(*n.operand);
    return v.is_null() ? Value{} : Value{!v.is_true()};
  }
  Value node(const IsNull& n, const Expr&) const {
    const Value v = value(*n.operand);
    const auto* number = std::get_if<double>(&v.data);
    const bool nan = n.nan_too && number && std::isnan(*number);
    return {(nan || v.is_null()) != n.negated};
  }
  Value node(const Case& n, const Expr&) const {
    for (const auto& [condition, result] : n.branches) {
      if (value(*condition).is_true()) return value(*result);
    }
    return n.otherwise ? value(*n.otherwise) : Value{};
  }
  Value node(const Coalesce& n, const Expr&) const {
    for (const ExprPtr& operand : n.operands) {
      Value v = value(*operand);
      if (!v.is_null()) return v;
    }
    return {};
  }
  Value node(const Extreme& n, const Expr&) const {
    Value best;
    for (const ExprPtr& operand : n.operands) {
      Value v = value(*operand);
      if (v.is_null()) continue;
      if (best.is_null() || (n.greatest ? compare_values(v, best) > 0 : compare_values(v, best) < 0)) best = std::move(v);
    }
    return best;
  }
  Value node(const InList& n, const Expr&) const {
    const Value v = value(*n.operand);
    if (v.is_null()) return {};
    bool unknown = false;
    for (const ExprPtr& candidate : n.values) {
      const Value c = value(*candidate);
      if (c.is_null()) {
        unknown = true;
      } else if (compare_values(v, c) == 0) {
        return {!n.negated};
      }
    }
    return unknown ? Value{} : Value{n.negated};
  }
  Value node(const Like& n, const Expr&) const {
    const Value v = value(*n.operand);
    if (v.is_null()) return {};
    const std::string& text = std::get<std::string>(v.data);
    const bool matches = n.ignore_case ? like_match(ascii_lower(text), ascii_lower(n.pattern), n.escape)
                                       : like_match(text, n.pattern, n.escape);
    return {matches != n.negated};
  }
  Value node(const Cast& n, const Expr& e) const {
    return required(cast_value(value(*n.operand), n.operand->type, e.type, context_));
  }
  Value node(const Call& n, const Expr& e) const {
    std::vector<Value> arguments;
    for (const ExprPtr& argument : n.arguments) arguments.push_back(value(*argument));
    const ScalarFunction& f = *n.function;
    if (is_nested_call(n, e)) return nested_call(n, std::move(arguments), e.type);
    const NativeCall call{.native = &f.native,
                          .form = f.form,
                          .takes_context = f.takes_context,
                          .variadic_from = f.variadic_strings ? f.parameters.size() : SIZE_MAX};
    Value result = required(call_native(call, arguments, e.type, context_));
    const auto* d = std::get_if<double>(&result.data);
    return d ? rounded(*d, e.type) : result;
  }
  static bool is_nested_call(const Call& n, const Expr& e) {
    return n.function->rule || e.type.is_nested() ||
           std::any_of(n.arguments.begin(), n.arguments.end(), [](const ExprPtr& a) { return a->type.is_nested(); });
  }
  /// A function that takes or gives nested values: they are made in a context's scratch.
  Value nested_call(const Call& n, std::vector<Value> arguments, const SqlType& result) const {
    if (!context_) throw OutOfReach{};
    std::vector<SqlType> types;
    for (const ExprPtr& argument : n.arguments) types.push_back(argument->type);
    if (n.function->rule) return call_packed(*n.function, arguments, types, result, context_);
    for (size_t i = 0; i < arguments.size(); ++i) {
      if (types[i].is_nested()) arguments[i] = to_run(arguments[i], types[i], context_);
    }
    const NativeCall call{.native = &n.function->native, .form = n.function->form, .takes_context = n.function->takes_context};
    if (!result.is_nested()) return required(call_native(call, arguments, result, context_));
    return from_run(required(call_native(call, arguments, TypeKind::Binary, context_)), result);
  }
  Value node(const MakeStruct& n, const Expr&) const {
    std::vector<Value> fields;
    for (const ExprPtr& field : n.fields) fields.push_back(value(*field));
    return {std::move(fields)};
  }
  Value node(const GetField& n, const Expr&) const {
    const Value v = value(*n.operand);
    if (v.is_null()) return {};
    return std::get<std::vector<Value>>(v.data).at(n.index);
  }

  Value node(const MakeCollection& n, const Expr& e) const {
    std::vector<Value> elements;
    for (const ExprPtr& element : n.elements) elements.push_back(value(*element));
    return e.type.is(TypeKind::Map) ? make_map(std::move(elements)) : Value{std::move(elements)};
  }
  Value node(const LambdaParameter& n, const Expr&) const {
    const auto found = parameters_.find(n.id);
    if (found == parameters_.end()) throw OutOfReach{};
    return found->second;
  }
  Value node(const OuterColumn&, const Expr&) const { throw OutOfReach{}; }
  Value node(const OverElements& n, const Expr&) const;
  Value node(const GetElement& n, const Expr&) const {
    return element_of(value(*n.operand), value(*n.index), n.operand->type);
  }

  static Value null_or_out_of_reach(const Value& v) {
    if (!v.is_null()) throw OutOfReach{};
    return {};
  }

  std::span<const Value> row_;
  abi::PipelineContext* context_;
  mutable std::map<uint32_t, Value> parameters_;  ///< of the lambdas that are being called
};

Value Evaluator::node(const OverElements& n, const Expr&) const {
  std::vector<std::vector<Value>> arrays;
  for (size_t i = 0; i < (n.form == LambdaForm::ZipWith ? 2 : 1); ++i) {
    Value array = value(*n.operands[i]);
    if (array.is_null()) return {};
    arrays.push_back(std::get<std::vector<Value>>(std::move(array.data)));
  }
  const size_t count = std::max(arrays.front().size(), arrays.back().size());
  std::vector<Value> made;
  Value folded = n.form == LambdaForm::Fold ? value(*n.operands[1]) : Value{};
  bool found = false, unknown = false;
  const std::map<uint32_t, Value> outer = parameters_;
  for (size_t i = 0; i < count; ++i) {
    const Value element = i < arrays.front().size() ? arrays.front()[i] : Value{};
    Value second{static_cast<int64_t>(i)};
    if (n.form == LambdaForm::ZipWith) second = i < arrays.back().size() ? arrays.back()[i] : Value{};
    if (n.form == LambdaForm::Fold) second = element;
    parameters_[n.parameters[0].id] = n.form == LambdaForm::Fold ? folded : element;
    if (n.parameters.size() > 1) parameters_[n.parameters[1].id] = std::move(second);
    Value v = value(*n.body);
    unknown = unknown || v.is_null();
    found = found || (n.form == LambdaForm::Exists ? v.is_true() : !v.is_null() && !v.is_true());
    if (n.form == LambdaForm::Fold) folded = std::move(v);
    else if (n.form != LambdaForm::Filter) made.push_back(std::move(v));
    else if (v.is_true()) made.push_back(element);
  }
  parameters_ = outer;
  if (n.form == LambdaForm::Fold) return folded;
  const bool exists = n.form == LambdaForm::Exists;
  if (exists || n.form == LambdaForm::ForAll) return found ? Value{exists} : unknown ? Value{} : Value{!exists};
  return {std::move(made)};
}

struct CompareSameKind {
  const Value& other;

  int operator()(std::monostate) const { return 0; }
  int operator()(double a) const { return compare_doubles(a, std::get<double>(other.data)); }
  int operator()(const std::string& a) const {
    const int order = a.compare(std::get<std::string>(other.data));  // char_traits<char> compares as unsigned
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  int operator()(const std::vector<Value>& a) const {
    const auto& b = std::get<std::vector<Value>>(other.data);
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const int order = compare_values(a[i], b[i]);
      if (order != 0) return order;
    }
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
  }
  template <class T>
  int operator()(const T& a) const {
    const T b = std::get<T>(other.data);
    return a < b ? -1 : b < a ? 1 : 0;
  }
};

}  // namespace

int compare_values(const Value& a, const Value& b) {
  // Only fields of structs can differ in kind here: a NULL comes first.
  if (a.data.index() != b.data.index()) return a.data.index() < b.data.index() ? -1 : 1;
  return std::visit(CompareSameKind{b}, a.data);
}

std::optional<Value> evaluate(const Expr& e, std::span<const Value> row, abi::PipelineContext* context) {
  try {
    return Evaluator(row, context).value(e);
  } catch (const OutOfReach&) {
    return std::nullopt;
  }
}

}  // namespace millrace::expr
