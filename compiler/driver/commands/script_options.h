#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/command_line.h"
#include "compiler/driver/script_file.h"
#include "runtime/engine/run_options.h"

namespace millrace {

/// Options of every command that takes a script.
inline constexpr OptionRule kScriptOption = {
    .name = "-c", .value = OptionRule::Value::Required, .value_name = "'SQL'", .help = "run this text in place of a file"};
inline constexpr OptionRule kVariableOption = {
    .name = "--var", .value = OptionRule::Value::Required, .value_name = "K=V", .help = "the value of ${K} in the script",
    .repeatable = true};
inline constexpr OptionRule kThreadsOption = {
    .name = "--threads", .value = OptionRule::Value::Required, .value_name = "N",
    .help = "workers for the rows of a query (what SET threads says, else 1)"};
inline constexpr OptionRule kAllowPathOption = {
    .name = "--allow-path", .value = OptionRule::Value::Required, .value_name = "DIR",
    .help = "refuse paths in WITH that do not lie in this folder (or another one that is given so)", .repeatable = true};
inline constexpr OptionRule kProgressOption = {
    .name = "--progress", .value = OptionRule::Value::Optional, .value_name = "json",
    .help = "a live line on standard error; json: an object for each batch"};
inline constexpr std::string_view kResultFormats[] = {"table", "json", "csv", "changelog", "debezium"};

/// The script that `-c` or the one positional argument names; nothing when it cannot be read, which has been reported then.
std::optional<Script> load_script(const Arguments& arguments);

/// What --threads says; 0 when it is not given.
int32_t thread_count(const Arguments& arguments);

/// What --allow-path says; none: files may lie anywhere.
std::vector<std::string> allowed_folders(const Arguments& arguments);

/// What --progress says.
ProgressMode parse_progress(const Arguments& arguments);

/// Renders diagnostics on standard error.
void report(const SourceText& source, const std::vector<Diagnostic>& diagnostics);

}  // namespace millrace
