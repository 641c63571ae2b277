#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "compiler/driver/bench/bench_report.h"
#include "compiler/driver/commands/command.h"
#include "compiler/driver/commands/recorded_inputs.h"
#include "compiler/driver/commands/script_options.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"

namespace millrace {
namespace {

using Value = OptionRule::Value;

constexpr OptionRule kBenchOptions[] = {
    kVariableOption,
    kScriptOption,
    kThreadsOption,
    kInputOption,
    kRowsOption,
    kAllowPathOption,
    {.name = "--batch-rows", .value = Value::Required, .value_name = "N,…", .help = "sizes of batches (1,10,100,1k,10k,100k,1M)"},
    {.name = "--rate", .value = Value::Required, .value_name = "R,…", .help = "rows a second offered to each stream, such as 10k,1M (none)"},
    {.name = "--repeat", .value = Value::Required, .value_name = "N", .help = "runs of each setting (5)"},
    {.name = "--run-time", .value = Value::Required, .value_name = "T", .help = "how long a run may take at full speed (500ms)"},
    {.name = "--paced-time", .value = Value::Required, .value_name = "T", .help = "how long rows are offered at a rate (1s)"},
    {.name = "--json", .value = Value::Required, .value_name = "FILE", .help = "all figures as JSON; - is standard output, in place of the table"},
    {.name = "--html", .value = Value::Required, .value_name = "FILE", .help = "a page with the curves and all figures"},
    {.name = "--svg", .value = Value::Required, .value_name = "FILE", .help = "the curves alone"},
};

constexpr CommandRule kBenchRule = {
    .name = "bench", .positional = "FILE.sql", .positional_min = 0, .positional_max = 1,
    .summary = "Measure a file's queries by batch size: throughput, latency, what a batch costs, which size is best.",
    .details = "The input is read into memory once and played again for every run, with batches of exactly N rows; results are made and written nowhere. First every\n"
               "size's final result is compared. Then all settings are run in turn, there and back, as many times as --repeat says: the figures are medians.\n\n"
               "At full speed a batch's time is that from the end of the one before, reading included. With --rate, row i is due i/R seconds after the start and\n"
               "a record's latency runs from then until its batch's rows are written; 'auto' makes a batch of what is there.\n\n"
               "The cost of a batch, c0 + c1*n, is fitted over all runs at full speed by least squares of relative deviations with Huber's weights. The shortest\n"
               "stable interval t of a rate R is where c0 + c1*R*t = t.",
    .options = kBenchOptions,
};

std::vector<double> parse_numbers(const Arguments& arguments, std::string_view option, std::string_view otherwise) {
  const std::string given = arguments.value(option).value_or(std::string(otherwise));
  std::vector<double> numbers;
  for (std::string_view rest = given; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    numbers.push_back(parse_number(option, rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

SweepOptions sweep_options(const Arguments& arguments) {
  SweepOptions options;
  for (const double size : parse_numbers(arguments, "--batch-rows", "1,10,100,1k,10k,100k,1M")) options.batch_rows.push_back(static_cast<int64_t>(size));
  options.rates = parse_numbers(arguments, "--rate", "");
  options.repeats = static_cast<int>(arguments.integer("--repeat", 1, 1000).value_or(options.repeats));
  options.run_us = arguments.duration_us("--run-time").value_or(options.run_us);
  options.paced_run_us = arguments.duration_us("--paced-time").value_or(options.paced_run_us);
  if (isatty(STDERR_FILENO) != 0) {
    options.progress = [](int done, int all) { fprintf(stderr, done == all ? "\r\x1b[K" : "\r\x1b[K%d of %d runs", done, all); };
  }
  return options;
}

std::string machine_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "an unknown processor";
}

std::string time_now() {
  const time_t now = time(nullptr);
  char text[32];
  tm parts{};
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
  return text;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw UsageError("cannot write '" + path + "'");
}

int write_report(const Arguments& arguments, const BenchReport& report) {
  const auto json = arguments.value("--json");
  if (json && *json == "-") fputs(bench_json(report).c_str(), stdout);
  else fputs(bench_table(report).c_str(), stdout);
  if (json && *json != "-") write_file(*json, bench_json(report));
  if (const auto html = arguments.value("--html")) write_file(*html, bench_html(report));
  if (const auto svg = arguments.value("--svg")) write_file(*svg, bench_svg(report));
  const bool wrong = std::any_of(report.queries.begin(), report.queries.end(), [](const QueryBench& q) { return q.check.outcome == AnswerCheck::Outcome::Differs; });
  if (wrong) fprintf(stderr, "millrace: error: the size of batches changed an answer\n");
  return wrong ? kExitFailed : kExitDone;
}

int run_bench(const Arguments& arguments) {
  BenchReport report{.script = {}, .machine = machine_name(), .time = time_now(), .options = sweep_options(arguments), .inputs = {}, .queries = {}};
  const std::optional<Script> script = load_script(arguments);
  if (!script) return kExitUsage;
  report.script = arguments.positional().empty() ? "the query" : arguments.positional()[0];
  Jit jit;
  const CompiledScript compiled = compile_script(script->source, make_environment(script->base_directory, "json", allowed_folders(arguments)), jit, {.threads = thread_count(arguments)});
  millrace::report(script->source, compiled.diagnostics);
  if (!compiled.ok) return kExitUsage;
  report.threads = compiled.sharing.threads;
  report.inputs = record_inputs(arguments, compiled.program);
  auto swept = run_sweep(BenchJob(compiled, report.inputs), report.options);
  (void)jit.shutdown();
  if (!swept) {
    fprintf(stderr, "millrace: error: %s\n", swept.error().message().c_str());
    return kExitFailed;
  }
  for (size_t i = 0; i < swept->size(); ++i) {
    if (compiled.program.queries[i].streaming) report.queries.push_back(std::move((*swept)[i]));
  }
  return write_report(arguments, report);
}

}  // namespace

const Command kBenchCommand = {kBenchRule, run_bench};

}  // namespace millrace
