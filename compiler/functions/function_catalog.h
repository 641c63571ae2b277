#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/functions/signature.h"

namespace millrace {

/// The overloads of a function; what binding a call gave.
template <class Function>
struct Overload {
  const Function* function = nullptr;   ///< lives as long as the program
  std::vector<SqlType> argument_types;  ///< to which the analyzer casts each argument
  SqlType result;
};

enum class BindFailure { None, UnknownName, WrongArgumentCount, WrongArgumentTypes };

template <class Function>
struct BindResult {
  Overload<Function> overload;
  BindFailure failure = BindFailure::None;
  std::string hint;  ///< the signatures there are, or the nearest name
};

/// Read-only view of the two registries (scalar_functions.cpp, aggregate_functions.cpp). Names are looked up lower-case.
bool is_scalar_function(std::string_view name);
bool is_aggregate_function(std::string_view name);
/// Chooses the overload whose implicit casts are cheapest.
BindResult<ScalarFunction> bind_scalar(std::string_view name, const std::vector<SqlType>& arguments);
BindResult<AggregateFunction> bind_aggregate(std::string_view name, const std::vector<SqlType>& arguments);

/// The whole registries, in the order in which `millrace functions` prints them.
const std::vector<ScalarFunction>& scalar_functions();
const std::vector<AggregateFunction>& aggregate_functions();

}  // namespace millrace
