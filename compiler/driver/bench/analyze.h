#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/driver/bench/bench_job.h"
#include "compiler/driver/script_file.h"
#include "runtime/base/result.h"

namespace millrace {

/// Runs a script's queries over recorded rows and says where the time goes: `explain --analyze`. The rows of each step are counted in a run of their own; then code
/// that counts nothing runs until enough has been seen of it by a sampler.
///
/// `allowed_folders`: see make_environment. `record` makes the recordings once the script has been compiled. Errors of the script are reported on standard error; nothing is given then.
std::optional<Result<std::string>> analyze_script(const Script& script, const std::vector<std::string>& allowed_folders,
                                                  const std::function<BenchJob::Recordings(const abi::Program&)>& record);

}  // namespace millrace
