#pragma once

#include <vector>

#include "compiler/analysis/operators.h"

/// Calls that read and write records: their options, `map('timestampFormat', 'dd/MM/yyyy')`, become part of the expression.
namespace millrace {

ExprPtr make_from_json(std::vector<ExprPtr> arguments, SourceSpan span);      ///< (text, schema [, options])
ExprPtr make_from_csv(std::vector<ExprPtr> arguments, SourceSpan span);       ///< (text, schema [, options])
ExprPtr make_to_json(std::vector<ExprPtr> arguments, SourceSpan span);        ///< (value [, options])
ExprPtr make_to_csv(std::vector<ExprPtr> arguments, SourceSpan span);         ///< (STRUCT [, options])
ExprPtr make_schema_of_csv(std::vector<ExprPtr> arguments, SourceSpan span);  ///< (text [, options])

}  // namespace millrace
