#pragma once

#include <string>
#include <vector>

#include "compiler/analysis/operators.h"

namespace millrace {

/// Functions whose result's type goes by a DECIMAL argument's precision and scale, as in Spark (round, ceil, floor, abs, mod …). nullptr, the
/// arguments untouched, where the call is none of these.
ExprPtr make_decimal_call(const std::string& name, std::vector<ExprPtr>& arguments, SourceSpan span);

}  // namespace millrace
