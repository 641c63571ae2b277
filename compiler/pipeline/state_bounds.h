#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// How much one state of a query can come to hold while its streams go on.
struct StateBound {
  std::string what{};      ///< e.g. "groups of GROUP BY gt": for messages
  bool is_bounded = true;
  std::string reason{};    ///< by what it is bounded, or why nothing bounds it
  std::string hint{};      ///< of what is not bounded: how to mend it
  std::string unit{};      ///< "group" or "row"
  int64_t unit_bytes = 0;  ///< of one, as it is laid out; 0: nothing is said of it
  bool has_texts = false;  ///< strings, arrays or maps lie beside it
  SourceSpan span{};
};

/// One for each of the query's states, in their order (those that keep no rows have an empty `what`), then what it keeps elsewhere.
std::vector<StateBound> state_bounds(const PhysicalQuery& query);

/// `EXPLAIN STATE`: a line for the query, then one for each state that keeps something.
std::string print_state_bounds(const PhysicalQuery& query);

/// Throws SqlError at the first operator whose state nothing bounds: SET require_bounded_state.
void require_bounded_state(const PhysicalQuery& query);

}  // namespace millrace::pipeline
