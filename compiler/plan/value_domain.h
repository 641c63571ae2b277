#pragma once

#include <cstdint>
#include <optional>

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// At most so many different values, NULL among them.
struct ValueDomain {
  int64_t values = 0;  ///< 0: as many as a table holds, which is not known here
};

/// Of an expression over the rows of `input`: what types, constants, filters and tables say; nothing when there may be ever new values.
std::optional<ValueDomain> value_domain(const expr::Expr& e, const Node& input);

}  // namespace millrace::plan
