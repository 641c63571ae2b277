#pragma once

#include <optional>

#include "compiler/expr/evaluate.h"

namespace millrace::expr {

/// CAST of a value between two types; what cannot be cast is NULL. nullopt: a pair that is not known, or one that needs a context
/// (text of times depends on the session's zone).
std::optional<Value> cast_value(const Value& value, const SqlType& from, const SqlType& to, abi::PipelineContext* context);

}  // namespace millrace::expr
