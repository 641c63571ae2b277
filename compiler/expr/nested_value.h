#pragma once

#include <span>
#include <string>

#include "compiler/expr/evaluate.h"
#include "compiler/functions/signature.h"

/// ARRAY, MAP and STRUCT values outside generated code. An ARRAY's Value holds its elements, a STRUCT's its fields, a MAP's two: an array of
/// the keys and one of the values.
namespace millrace::expr {

/// Calls a function of any types, by packed arguments (abi::PackedFunction).
Value call_packed(const ScalarFunction& function, std::span<const Value> arguments, std::span<const SqlType> types,
                  const SqlType& result, abi::PipelineContext* context);

/// A nested value as the bytes of its run, and back.
Value to_run(const Value& value, const SqlType& type, abi::PipelineContext* context);
Value from_run(const Value& run, const SqlType& type);

/// A MAP of keys and values in turn: of equal keys the last wins, a NULL key makes it NULL.
Value make_map(std::vector<Value> entries);
/// An ARRAY's element, from 0, or a MAP's value for a key; NULL without it.
Value element_of(const Value& collection, const Value& index, const SqlType& type);

}  // namespace millrace::expr
