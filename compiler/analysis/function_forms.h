#pragma once

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

}  // namespace millrace
