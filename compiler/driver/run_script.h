#pragma once

#include <optional>
#include <string>

#include "compiler/driver/compile_query.h"
#include "compiler/driver/script_file.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// `10 seconds` or `100 batches`; nothing for what is neither.
std::optional<CheckpointPace> parse_checkpoint_pace(const std::string& text);

/// Compiles a script and runs it to its end, reporting on standard error; gives the exit status. `format` is that of bare queries. `record_to`: the file of
/// a recording that is made of the run; empty: none.
/// Afterwards the process must end by std::_Exit unless it is a checked build: a compilation may still be at work in the background.
int run_script(const Script& script, const std::string& format, RunOptions options, const CompileOptions& compile = {}, const std::string& record_to = {});

/// Tells on standard error which queries failed, and why; gives the exit status.
int report_failures(const RunSummary& summary);

}  // namespace millrace
