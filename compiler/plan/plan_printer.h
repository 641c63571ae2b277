#pragma once

#include <string>

#include "compiler/plan/plan.h"

namespace millrace::plan {

/// An indented tree, a node a line: operator, expressions, output columns, `[append]`, `[watermark event_time]`.
std::string print(const Query& query);
std::string print(const Node& node);

}  // namespace millrace::plan
