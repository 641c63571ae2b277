// What it costs to keep a query's result up to date with small batches, beside one evaluation over all rows: the queries of queries/tpch and queries/nexmark.
//
//   maintained MILLRACE QUERIES DATA_DIR SCALE EVENTS REPEATS JSON [QUERY…]
//
// Streams come from files, in batches of 1,000 rows of each. The evaluation at once is over tables (TPC-H), or over the same streams in one batch (Nexmark, whose
// files are about event time). Compared is the processors' time of whole processes less what they take for empty files, the medians of REPEATS runs in turn.
// JSON gets an object a line, - is nowhere; QUERY is the beginning of a file's name, such as tpch/q13.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "bench/queries/child_process.h"

using namespace millrace::bench;

namespace {

namespace fs = std::filesystem;

constexpr const char* kBatchRows = "1000";
constexpr const char* kAllRows = "1000000000";

/// A stream of the queries, and what its generator is told.
struct Made {
  std::string stream;
  Words arguments;
};

struct Benchmark {
  std::string name;
  bool has_tables = false;  ///< KIND says whether a file reads tables or streams
  std::vector<Made> streams = {};
};

struct Settings {
  std::string millrace;
  fs::path queries;
  fs::path data;
  int repeats = 1;
  FILE* json = nullptr;
  Words wanted = {};  ///< all, if there are none
};

Benchmark tpch(const std::string& scale) {
  Benchmark made{.name = "tpch", .has_tables = true};
  for (const char* table : {"region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"}) {
    made.streams.push_back({table, {"tpch", "--table", table, "--scale", scale}});
  }
  return made;
}

/// One of fifty events is a person, three are auctions, the others bids; all at one pace, so that they meet.
Benchmark nexmark(int64_t events) {
  Benchmark made{.name = "nexmark"};
  const std::pair<const char*, int> shares[] = {{"person", 1}, {"auction", 3}, {"bid", 46}};
  for (const auto& [stream, share] : shares) {
    made.streams.push_back({stream, {std::string("nexmark_") + stream, "--rows", std::to_string(events / 50 * share), "--rate", std::to_string(200 * share),
                                     "--start-time", "2024-02-28T23:59:40"}});
  }
  return made;
}

void make_rows(const Settings& settings, const Benchmark& benchmark, const fs::path& folder, const fs::path& empty) {
  fs::create_directories(folder);
  fs::create_directories(empty);
  for (const Made& one : benchmark.streams) {
    const std::string path = folder / (one.stream + ".ndjson");
    std::ofstream(empty / (one.stream + ".ndjson"));
    if (fs::exists(path)) continue;
    Words words{settings.millrace, "gen"};
    words.insert(words.end(), one.arguments.begin(), one.arguments.end());
    run_child(words, {.out = path + ".new", .err = "/dev/null", .feed = {}});
    fs::rename(path + ".new", path);
  }
}

/// The query's text with its streams read from files.
std::string reading_files(const fs::path& query, const fs::path& folder) {
  std::ostringstream text;
  text << std::ifstream(query).rdbuf();
  const std::string sql = text.str();
  static const std::regex declared(R"((STREAM|\$\{KIND:-STREAM\}) (\w+) \(\n[^;]*?WITH \(((\$\{\w+:-)?connector = 'generator'[^)]*)\);)");
  std::string made;
  size_t at = 0;
  for (auto match = std::sregex_iterator(sql.begin(), sql.end(), declared); match != std::sregex_iterator(); ++match) {
    const auto begin = static_cast<size_t>(match->position(3));
    made += sql.substr(at, begin - at) + "connector = 'file', path = '" + (folder / (match->str(2) + ".ndjson")).string() + "', format = 'json'";
    at = begin + match->str(3).size();
  }
  if (at == 0) fail("'" + query.string() + "' reads no generator");
  return made + sql.substr(at);
}

/// One way to run a query.
struct Way {
  Words words;
  std::vector<double> seconds = {};
};

Way way(const Settings& settings, const Benchmark& benchmark, const std::string& sql, bool at_once) {
  Way made{.words = {settings.millrace, "run", "-c", sql, "--format", "json", "--var", "BIDS=" + (settings.data / "bids").string()}};
  const bool over_tables = at_once && benchmark.has_tables;
  if (over_tables) made.words.insert(made.words.end(), {"--var", "KIND=TABLE"});
  else made.words.insert(made.words.end(), {"--batch-rows", at_once ? kAllRows : kBatchRows});
  return made;
}

void run_once(const Settings& settings, Way& way) {
  fs::remove_all(settings.data / "bids");
  way.seconds.push_back(run_child(way.words, {}).cpu_seconds);
}

/// How many times longer small batches take.
double measure(const Settings& settings, const Benchmark& benchmark, const fs::path& query, const fs::path& folder, const fs::path& empty) {
  const std::string sql = reading_files(query, folder), nothing = reading_files(query, empty);
  Way at_once = way(settings, benchmark, sql, true), start_at_once = way(settings, benchmark, nothing, true);
  Way batches = way(settings, benchmark, sql, false), start_batches = way(settings, benchmark, nothing, false);
  for (Way* each : {&at_once, &start_at_once, &batches, &start_batches}) run_once(settings, *each);  // leaves its machine code in the cache
  for (Way* each : {&at_once, &start_at_once, &batches, &start_batches}) each->seconds.clear();
  for (int i = 0; i < settings.repeats; ++i) {
    for (Way* each : {&at_once, &start_at_once, &batches, &start_batches}) run_once(settings, *each);
  }
  const double least = 0.001;
  const double whole = std::max(median(at_once.seconds) - median(start_at_once.seconds), least);
  const double fed = std::max(median(batches.seconds) - median(start_batches.seconds), least);
  const std::string name = benchmark.name + "/" + query.stem().string();
  printf("%-48s %8.3f s %8.3f s %7.1f\n", name.c_str(), whole, fed, fed / whole);
  fflush(stdout);
  if (settings.json != nullptr) {
    fprintf(settings.json, "{\"query\": \"%s\", \"at_once_s\": %.4f, \"batches_s\": %.4f, \"ratio\": %.2f}\n", name.c_str(), whole, fed, fed / whole);
  }
  return fed / whole;
}

std::vector<fs::path> query_files(const Settings& settings, const std::string& benchmark) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(settings.queries / benchmark)) {
    const std::string name = benchmark + "/" + entry.path().filename().string();
    const bool is_wanted = settings.wanted.empty() || std::ranges::any_of(settings.wanted, [&](const std::string& one) { return name.starts_with(one); });
    if (is_wanted && entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

double measure_all(const Settings& settings, const Benchmark& benchmark, const std::string& size) {
  const fs::path folder = settings.data / (benchmark.name + "_" + size), empty = settings.data / (benchmark.name + "_empty");
  const std::vector<fs::path> files = query_files(settings, benchmark.name);
  if (files.empty()) return 0;
  make_rows(settings, benchmark, folder, empty);
  double most = 0;
  for (const fs::path& file : files) most = std::max(most, measure(settings, benchmark, file, folder, empty));
  return most;
}

}  // namespace

int main(int count, char** words) {
  if (count < 8) fail("usage: maintained MILLRACE QUERIES DATA_DIR SCALE EVENTS REPEATS JSON [QUERY…]");
  Settings settings{.millrace = words[1], .queries = words[2], .data = words[3], .repeats = std::atoi(words[6])};
  if (std::string(words[7]) != "-") settings.json = fopen(words[7], "w");
  settings.wanted.assign(words + 8, words + count);
  const std::string scale = words[4];
  const int64_t events = std::atoll(words[5]);
  if (settings.repeats < 1 || events < 50) fail("there must be a run, and 50 events");
  printf("%-48s %10s %10s %7s\n", "query", "at once", "batches", "ratio");
  if (query_files(settings, "tpch").empty() && query_files(settings, "nexmark").empty()) fail("no query has a name that begins with one of these");
  const double of_tpch = measure_all(settings, tpch(scale), scale);
  const double of_nexmark = measure_all(settings, nexmark(events), words[5]);
  printf("the largest: %.1f\n", std::max(of_tpch, of_nexmark));
  if (settings.json != nullptr) fclose(settings.json);
  return 0;
}
