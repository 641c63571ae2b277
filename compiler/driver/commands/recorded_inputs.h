#pragma once

#include <string_view>

#include "compiler/driver/bench/bench_job.h"
#include "compiler/driver/command_line.h"

namespace millrace {

/// Options of the commands that play recorded input.
inline constexpr OptionRule kInputOption = {
    .name = "--input", .value = OptionRule::Value::Required, .value_name = "DATA",
    .help = "what a stream brings: a file, or generator:KIND; STREAM=DATA when there are several (the stream's own file or generator)",
    .repeatable = true};
inline constexpr OptionRule kRowsOption = {
    .name = "--rows", .value = OptionRule::Value::Required, .value_name = "N", .help = "rows of each stream at most (2000000)"};

/// Records every stream that the program's queries read, as --input and --rows say. Throws UsageError when one has nothing to record.
BenchJob::Recordings record_inputs(const Arguments& arguments, const abi::Program& program);

/// `250`, `10k`, `1.5M`: at least 1. Throws UsageError, which names the option.
double parse_number(std::string_view option, std::string_view text);

}  // namespace millrace
