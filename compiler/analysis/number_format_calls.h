#pragma once

#include <vector>

#include "compiler/analysis/operators.h"

/// to_number and to_char: their types go by a pattern, which is a constant.
namespace millrace {

/// to_number(text, pattern): the DECIMAL of the pattern's digits.
ExprPtr make_to_number(std::vector<ExprPtr> arguments, SourceSpan span);
/// to_char(x, pattern): of a number by a pattern of digits, of a DATE or TIMESTAMP by one of date_format's, of BINARY 'hex', 'base64' or 'utf-8'.
ExprPtr make_to_char(std::vector<ExprPtr> arguments, SourceSpan span);

}  // namespace millrace
