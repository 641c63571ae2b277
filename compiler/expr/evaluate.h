#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "compiler/expr/expr.h"
#include "runtime/abi/context.h"

namespace millrace::expr {

/// A SQL value outside generated code; monostate is NULL, a vector holds the parts of a nested one (nested_value.h). Otherwise as Literal::value.
struct Value {
  std::variant<std::monostate, bool, int64_t, double, std::string, std::vector<Value>, abi::Decimal> data;

  bool is_null() const { return data.index() == 0; }
  bool is_true() const { return std::holds_alternative<bool>(data) && std::get<bool>(data); }
};

/// Evaluates an expression over one row, naively: the meaning of every kind of expression, against which generated code is tested,
/// and what folds constants. Native functions are called by their addresses. Functions that take a context need `context`
/// (its scratch and time zone); the values given back own their bytes. nullopt: it cannot (a type or function out of its reach).
std::optional<Value> evaluate(const Expr& e, std::span<const Value> row, abi::PipelineContext* context = nullptr);

/// Three-way order of two non-NULL values of one type, as ORDER BY and comparisons see it: NaN equals NaN and is the largest
/// number, -0.0 equals 0.0, strings compare bytewise.
int compare_values(const Value& a, const Value& b);

}  // namespace millrace::expr
