#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "compiler/analysis/operators.h"

namespace millrace {

/// A function that is an expression form, not a call: coalesce, if, nullif, greatest, try_add …
struct FunctionForm {
  std::string_view name;
  size_t arguments_min = 0;
  size_t arguments_max = 0;
  ExprPtr (*make)(std::vector<ExprPtr> arguments, SourceSpan span) = nullptr;
};

/// The form of this (folded) name; nullptr for the others.
const FunctionForm* find_function_form(std::string_view name);

/// What `millrace functions` prints of a function that has no row in the registries: forms, functions of lambdas, generators, windows.
struct FunctionNote {
  std::string_view name;
  std::string_view usage;    ///< `(T, T, …) -> T`
  std::string_view example;  ///< `coalesce(NULL, 2) -> 2`; empty: it stands in FROM or GROUP BY
};
std::span<const FunctionNote> function_notes();
/// The same of aggregates that are computed of the list of their values.
std::span<const FunctionNote> aggregate_notes();
/// Whether an aggregate is one of those.
bool is_list_aggregate(std::string_view name);

}  // namespace millrace
