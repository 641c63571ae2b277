#pragma once

#include <string>
#include <vector>

#include "compiler/driver/cases/case_job.h"

namespace millrace {

/// The result that a reader of all batches ends up with, sorted: all rows under APPEND, the last batch under COMPLETE, under UPDATE
/// the last row of each key, the key being the first `keys` columns (0: the whole row); under formats that write changes, what
/// they leave.
std::vector<std::string> final_rows(const CapturedQuery& query, size_t keys);

}  // namespace millrace
