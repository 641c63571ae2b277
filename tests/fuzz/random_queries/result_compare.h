#pragma once

#include <string>

#include "compiler/types/schema.h"
#include "runtime/abi/context.h"
#include "tests/fuzz/random_queries/query_run.h"
#include "tests/reference/reference_rows.h"

namespace millrace::fuzz {

/// What differs between the oracle's rows and the cells that a run printed, or empty. Unless `is_ordered` both are sets. Doubles may
/// differ in their last digits, where the order of an addition may.
std::string difference(const reference::Rows& expected, const Cells& actual, const Schema& schema, bool is_ordered,
                       abi::PipelineContext* context);

/// The rows that are left when the changes of all batches have been made: the first cell is the operation. What takes back a row that is not there
/// leaves a row that no result has.
Cells applied(const std::vector<Cells>& batches);

/// The last row of each key, in no order.
Cells last_of_keys(const std::vector<Cells>& batches, const std::vector<uint32_t>& keys);

}  // namespace millrace::fuzz
