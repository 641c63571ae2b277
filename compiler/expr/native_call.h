#pragma once

#include <optional>
#include <span>

#include "compiler/expr/evaluate.h"
#include "compiler/functions/signature.h"

namespace millrace::expr {

/// How a native function is to be called: the common part of ScalarFunction and the casts.
struct NativeCall {
  const NativeFunction* native = nullptr;
  ResultForm form = ResultForm::Value;
  bool takes_context = false;
  size_t variadic_from = SIZE_MAX;  ///< arguments from here on are passed as an array of strings and its length
};

/// Calls a native function from outside generated code. NULL arguments before the variadic tail give NULL without a call. nullopt: it needs
/// a context and there is none, or its signature is out of reach.
std::optional<Value> call_native(const NativeCall& call, std::span<const Value> arguments, const SqlType& result,
                                 abi::PipelineContext* context);

}  // namespace millrace::expr
