#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "compiler/catalog/names.h"
#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/run_script.h"
#include "runtime/base/byte_size.h"
#include "runtime/base/duration.h"

namespace millrace {
namespace {

using Value = OptionRule::Value;

constexpr OptionRule kRunOptions[] = {
    kVariableOption,
    kScriptOption,
    {.name = "--format", .value = Value::Required, .value_name = "F", .help = "how bare queries print: table, json, csv, changelog or debezium (table)"},
    {.name = "--batch-rows", .value = Value::Required, .value_name = "N", .help = "batches of exactly N rows of each source"},
    {.name = "--trigger", .value = Value::Required, .value_name = "T",
     .help = "in place of the queries' own: auto, 'auto latency 5ms', once, a duration such as 2s, '1000 rows', or 'per record'"},
    {.name = "--max-batches", .value = Value::Required, .value_name = "N", .help = "end each query after N batches"},
    {.name = "--timeout", .value = Value::Required, .value_name = "T", .help = "end the job after a time such as 30s"},
    kThreadsOption,
    kAllowPathOption,
    {.name = "--memory-limit", .value = Value::Required, .value_name = "SIZE",
     .help = "end a query when states and buffers hold more together, such as 512MB (what SET memory_limit says)"},
    kProgressOption,
    {.name = "--checkpoint", .value = Value::Required, .value_name = "DIR",
     .help = "keep in this folder what it takes to go on where the job was, and go on from there"},
    {.name = "--checkpoint-interval", .value = Value::Required, .value_name = "T", .help = "how often: a duration, or '100 batches' (10s)"},
    {.name = "--checkpoint-retry", .value = Value::Required, .value_name = "T",
     .help = "how long the first and the last one are tried again when they cannot be written (5s)"},
    {.name = "--checkpoint-reset", .help = "forget what is in the folder and begin anew"},
    {.name = "--record", .value = Value::Required, .value_name = "FILE",
     .help = "keep all that the job is given and where its batches end: millrace replay FILE runs it again, byte for byte"},
    {.name = "--metrics-port", .value = Value::Required, .value_name = "P", .help = "serve metrics", .supported = false},
};

constexpr CommandRule kRunRule = {
    .name = "run", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Run a file of queries as one job.",
    .details = "Rows go to standard output, everything else to standard error. The job ends when every source has ended, at --timeout,\n"
               "at --max-batches, or at Ctrl-C (after the batch in hand; a second one ends it at once).\n\n"
               "${NAME} and ${NAME:-default} in the file are replaced from --var and the environment.",
    .options = kRunOptions,
};

/// `text` without a first word, if it begins with it, and without the blanks behind it.
std::string_view without_word(std::string_view text, std::string_view word) {
  if (!text.starts_with(word) || (text.size() > word.size() && text[word.size()] != ' ')) return text;
  text.remove_prefix(word.size());
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// As EMIT takes it, in any letter case and with or without TRIGGER, EVERY and PER: `auto`, `once`, `2s`, `EVERY 1000 ROWS`, `per record`.
abi::TriggerSpec parse_trigger(const std::string& given) {
  const std::string folded = fold_case(given);
  const std::string_view text = without_word(without_word(without_word(folded, "trigger"), "every"), "per");
  if (text == "auto") return {};
  if (const std::string_view target = without_word(without_word(text, "auto"), "latency"); text.starts_with("auto latency ")) {
    if (const auto us = parse_duration_us(target); us && *us > 0) return {.latency_us = *us};
  }
  if (text == "once") return {.kind = abi::TriggerKind::Once};
  if (text == "record" || text == "row") return {.kind = abi::TriggerKind::Rows, .rows = 1};
  abi::TriggerSpec by_rows{.kind = abi::TriggerKind::Rows};
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), by_rows.rows);
  if (error == std::errc() && by_rows.rows > 0) {
    const std::string_view rest(unit, static_cast<size_t>(text.data() + text.size() - unit));
    const std::string_view name = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
    if (name == "row" || name == "rows" || name == "record" || name == "records") return by_rows;
  }
  if (const auto us = parse_duration_us(text); us && *us > 0) return {.kind = abi::TriggerKind::Interval, .interval_us = *us};
  throw UsageError("option --trigger takes auto, 'auto latency 5 ms', once, a duration such as 2s, '1000 rows' or 'per record', not '" + given + "'");
}

std::string checkpoint_folder(const Arguments& arguments) {
  const std::string folder = arguments.value("--checkpoint").value_or("");
  if (folder.empty() && arguments.value("--checkpoint")) throw UsageError("option --checkpoint takes a folder");
  return folder.empty() ? folder : std::filesystem::absolute(folder).lexically_normal().string();
}

CheckpointPace parse_pace(const std::string& text) {
  const std::optional<CheckpointPace> pace = parse_checkpoint_pace(text);
  if (!pace) throw UsageError("option --checkpoint-interval takes a duration such as 10s, or '100 batches', not '" + text + "'");
  return *pace;
}

int64_t parse_memory_limit(const std::string& text) {
  const auto bytes = parse_byte_size(text);
  if (bytes && *bytes >= kLeastMemoryLimit) return *bytes;
  throw UsageError("option --memory-limit takes a size of at least " + byte_size_text(kLeastMemoryLimit) + ", such as 512MB, not '" + text + "'");
}

RunOptions run_options(const Arguments& arguments) {
  RunOptions options;
  options.batch_rows = arguments.integer("--batch-rows", 1).value_or(0);
  if (const auto trigger = arguments.value("--trigger")) options.trigger = parse_trigger(*trigger);
  options.max_batches = arguments.integer("--max-batches", 1).value_or(-1);
  options.timeout_us = arguments.duration_us("--timeout").value_or(-1);
  if (const auto limit = arguments.value("--memory-limit")) options.memory_limit_bytes = parse_memory_limit(*limit);
  options.progress = parse_progress(arguments);
  options.checkpoint.folder = checkpoint_folder(arguments);
  if (const auto pace = arguments.value("--checkpoint-interval")) options.checkpoint.pace = parse_pace(*pace);
  if (const auto retry_us = arguments.duration_us("--checkpoint-retry")) options.checkpoint.retry_for_us = *retry_us;
  options.checkpoint.reset = arguments.has("--checkpoint-reset");
  options.summary = true;
  return options;
}

std::string recording_path(const Arguments& arguments) {
  const std::optional<std::string> path = arguments.value("--record");
  if (path && path->empty()) throw UsageError("option --record takes the name of a new file");
  return path.value_or("");
}

int run_file(const Arguments& arguments) {
  const RunOptions options = run_options(arguments);
  const std::string format = arguments.choice("--format", kResultFormats).value_or("table");
  const std::optional<Script> script = load_script(arguments);
  const CompileOptions compile{.threads = thread_count(arguments), .allowed_folders = allowed_folders(arguments)};
  return script ? run_script(*script, format, options, compile, recording_path(arguments)) : kExitUsage;
}

}  // namespace

const Command kRunCommand = {kRunRule, run_file};

}  // namespace millrace
