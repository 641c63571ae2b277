#include <csignal>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "compiler/base/diagnostic.h"
#include "compiler/driver/commands/command.h"
#include "runtime/connectors/generator.h"
#include "runtime/engine/stop_signals.h"
#include "runtime/formats/iso_time.h"

namespace millrace {
namespace {

constexpr double kScaleMax = 1000;

constexpr OptionRule kGenOptions[] = {
    {.name = "--port", .value = OptionRule::Value::Required, .value_name = "P",
     .help = "serve every client that connects to this port, each with a stream of its own"},
    {.name = "--host", .value = OptionRule::Value::Required, .value_name = "H", .help = "the address to serve on (127.0.0.1)"},
    {.name = "--rate", .value = OptionRule::Value::Required, .value_name = "R",
     .help = "rows a second; 0 is as fast as possible (the default when printing; 10 when serving)"},
    {.name = "--rows", .value = OptionRule::Value::Required, .value_name = "N", .help = "end after so many rows (default: never, or with the table)"},
    {.name = "--seed", .value = OptionRule::Value::Required, .value_name = "S", .help = "another seed gives other rows (1)"},
    {.name = "--start-time", .value = OptionRule::Value::Required, .value_name = "T",
     .help = "let the records' clock start here, e.g. 2020-03-21T10:32:11, and go by the rate"},
    {.name = "--table", .value = OptionRule::Value::Required, .value_name = "NAME", .help = "of tpch: region, nation, supplier, customer, part, partsupp, orders or lineitem"},
    {.name = "--scale", .value = OptionRule::Value::Required, .value_name = "F", .help = "of tpch: the tables' size; 1 makes 6 million rows of lineitem (0.01)"},
};

/// The kinds a line each, as the command's help shows them.
std::string kinds_text() {
  std::string text = "Kinds:\n";
  for (const RecordKind& kind : kRecordKinds) {
    std::string name(kind.name);
    name.resize(17, ' ');
    text += "  " + name + std::string(kind.help) + "\n";
  }
  return text + "\nThe same seed gives the same rows, times aside; with --start-time the times too.";
}

const std::string kDetails = kinds_text();

const CommandRule kGenRule = {
    .name = "gen", .positional = "KIND", .positional_min = 1, .positional_max = 1,
    .summary = "Print made-up records, or serve them to whoever connects.",
    .details = kDetails,
    .options = kGenOptions,
};

int64_t parse_start_time_ns(const std::string& text) {
  int64_t micros = 0;
  if (!parse_iso_timestamp(text, nullptr, &micros)) {
    throw UsageError("option --start-time takes a time such as 2020-03-21T10:32:11, not '" + text + "'");
  }
  return micros * 1000;
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

void check_kind(const std::string& kind) {
  if (find_record_kind(kind) != nullptr) return;
  const std::vector<std::string> known(kRecordKindNames.begin(), kRecordKindNames.end());
  const std::string near = nearest_name(kind, known);
  throw UsageError("unknown kind '" + kind + "' of records" + (near.empty() ? "" : " — did you mean '" + near + "'?"), "there are: " + joined(kRecordKindNames));
}

/// Which table of a kind that has some, and how large.
void read_table(const Arguments& arguments, GeneratorOptions& options) {
  const std::span<const std::string_view> tables = find_record_kind(options.kind)->tables;
  for (const std::string_view option : {"--table", "--scale"}) {
    if (tables.empty() && arguments.has(option)) throw UsageError("option " + std::string(option) + " goes with tpch alone, not with " + options.kind);
  }
  if (tables.empty()) return;
  const auto table = arguments.choice("--table", tables);
  if (!table) throw UsageError(options.kind + " needs --table NAME", "there are: " + joined(tables));
  options.table = *table;
  options.scale = arguments.positive_number("--scale", kScaleMax).value_or(options.scale);
}

int run_gen(const Arguments& arguments) {
  GeneratorOptions options;
  options.kind = arguments.positional()[0];
  check_kind(options.kind);
  read_table(arguments, options);
  const std::optional<int64_t> port = arguments.integer("--port", 1, 65535);
  options.rate = arguments.integer("--rate", 0).value_or(port ? 10 : 0);
  options.rows = arguments.integer("--rows", 0);
  options.seed = static_cast<uint64_t>(arguments.integer("--seed", 0).value_or(1));
  if (const auto start = arguments.value("--start-time")) options.start_time_ns = parse_start_time_ns(*start);

  std::atomic<int> stop_requests = 0;
  const StopSignals signals(&stop_requests);
  const ConnectorContext context{
      .stop_requests = &stop_requests,
      .notice = [](std::string_view line) { fprintf(stderr, "millrace gen: %.*s\n", static_cast<int>(line.size()), line.data()); },
  };
  Status status;
  if (port) {
    const TcpEndpoint endpoint{.host = arguments.value("--host").value_or("127.0.0.1"), .port = *port};
    fprintf(stderr, "millrace gen: serving %s on %s, %s; end it with Ctrl-C\n", options.kind.c_str(), endpoint.text().c_str(),
            options.rate == 0 ? "as fast as each client reads" : (std::to_string(options.rate) + " rows/s to each client").c_str());
    status = serve_records(options, endpoint, context);
  } else {
    status = write_records(options, STDOUT_FILENO, context);
  }
  if (status.ok()) return kExitDone;
  fprintf(stderr, "millrace gen: error: %s\n", status.message().c_str());
  return kExitFailed;
}

}  // namespace

const Command kGenCommand = {kGenRule, run_gen};

}  // namespace millrace
