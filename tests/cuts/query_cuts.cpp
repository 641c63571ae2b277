#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Runs the queries of queries/nexmark and queries/tpch over made-up streams that are cut into batches at random, and compares what their readers end up with
/// with an evaluation of the same rows at once: over tables where the file allows it, else over streams in one batch.
///
///   query_cuts MILLRACE QUERIES CUTS [SEED [alone]]
///
/// Each query is cut in CUTS ways, which are run alone and, unless the last argument says that this is all, through checkpoints and with two workers. The comparing is `millrace test`'s; exit status 1 and its report when something differs.
namespace millrace::cuts {

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// A stream of the queries, and the command that prints its rows.
struct Made {
  const char* stream;
  const char* arguments;
};
constexpr Made kNexmark[] = {{"person", "nexmark_person --rows 60 --rate 20 --start-time 2024-02-28T23:59:40"},
                             {"auction", "nexmark_auction --rows 180 --rate 60 --start-time 2024-02-28T23:59:40"},
                             {"bid", "nexmark_bid --rows 2760 --rate 920 --start-time 2024-02-28T23:59:40"}};
constexpr Made kTpch[] = {{"region", "tpch --table region"},     {"nation", "tpch --table nation"}, {"supplier", "tpch --table supplier"},
                          {"customer", "tpch --table customer"}, {"part", "tpch --table part"},     {"partsupp", "tpch --table partsupp"},
                          {"orders", "tpch --table orders"},     {"lineitem", "tpch --table lineitem"}};
constexpr const char* kTpchScale = " --scale 0.001";

/// What makes queries comparable that go elsewhere or by the clock: q10 shows what it writes, the windows of q12 are so long that no run sees two of them.
constexpr std::pair<const char*, const char*> kReplaced[] = {
    {"CREATE SINK bids WITH (connector = 'directory', path = '${BIDS:-bids}', format = 'json');\n", ""},
    {"INSERT INTO bids\n", ""},
    {"window(arrived, '10 seconds') EMIT", "window(arrived, '36500 days') EMIT"}};

/// Each query is run so, after one run with nothing else: through a checkpoint after each batch, and with two workers.
constexpr const char* kAgain[] = {"--restart", "--threads 2"};

struct Benchmark {
  std::string name;
  bool has_tables = false;  ///< KIND says whether a file reads tables or streams
  std::map<std::string, Lines> streams = {};
};

/// The command's output; ends the program when it fails.
Lines output_of(const std::string& command) {
  Lines lines;
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[1 << 16];
  while (pipe != nullptr) {
    const size_t got = fread(buffer, 1, sizeof buffer, pipe);
    if (got == 0) break;
    text.append(buffer, got);
  }
  if (pipe == nullptr || pclose(pipe) != 0) {
    fprintf(stderr, "query_cuts: '%s' failed\n", command.c_str());
    exit(1);
  }
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

template <size_t n>
Benchmark make_benchmark(const std::string& millrace, const std::string& name, const Made (&made)[n], const std::string& options) {
  Benchmark benchmark{.name = name};
  for (const Made& one : made) benchmark.streams[one.stream] = output_of(millrace + " gen " + one.arguments + options);
  return benchmark;
}

/// Where to cut: from every few rows to hardly ever, and many times in a row, which makes batches without rows of this stream.
std::vector<size_t> random_cuts(size_t rows, std::mt19937_64& random) {
  const size_t cuts = random() % (random() % 8 == 0 ? 2 * rows + 1 : 40);
  std::vector<size_t> places(cuts);
  for (size_t& place : places) place = random() % (rows + 1);
  std::ranges::sort(places);
  return places;
}

void write_input(std::ostream& out, const std::string& stream, const Lines& rows, const std::vector<size_t>& cuts) {
  out << "---- input " << stream << '\n';
  size_t cut = 0;
  for (size_t row = 0; row <= rows.size(); ++row) {
    for (; cut < cuts.size() && cuts[cut] == row; ++cut) out << "---- batch\n";
    if (row < rows.size()) out << rows[row] << '\n';
  }
}

bool reads(const std::string& sql, const std::string& stream) { return sql.find(" " + stream + " (\n") != std::string::npos; }

/// One way of cutting a query's streams, with the rows that are expected at the end.
struct Case {
  std::string name;
  const std::string& sql;
  const Benchmark& benchmark;
  bool whole;  ///< no cuts
};

void write_case(std::ostream& out, const Case& one, const Lines& expected, std::mt19937_64& random) {
  out << "==== case " << one.name << "\n---- options\nformat: debezium\n---- sql\n" << one.sql;
  for (const auto& [stream, rows] : one.benchmark.streams) {
    if (reads(one.sql, stream)) write_input(out, stream, rows, one.whole ? std::vector<size_t>{} : random_cuts(rows.size(), random));
  }
  out << "---- final\n";
  for (const std::string& row : expected) out << row << '\n';
  out << '\n';
}

std::string read_text(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string read_query(const fs::path& path) {
  std::string sql = read_text(path);
  for (const auto& [from, to] : kReplaced) {
    const size_t at = sql.find(from);
    if (at != std::string::npos) sql.replace(at, std::string(from).size(), to);
  }
  return sql;
}

Lines section_final(const fs::path& path) {
  std::istringstream in(read_text(path));
  Lines rows;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (inside && !line.empty()) rows.push_back(line);
    inside = inside || line == "---- final";
  }
  return rows;
}

/// In order.
std::vector<fs::path> query_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class Comparison {
 public:
  Comparison(std::string millrace, std::string folder, int cuts, uint64_t seed, bool alone)
      : millrace_(std::move(millrace)), folder_(std::move(folder)), cuts_(cuts), alone_(alone), random_(seed) {}

  bool run(const Benchmark& benchmark, const fs::path& queries) {
    const fs::path whole = fs::path(folder_) / (benchmark.name + "_whole"), cut = fs::path(folder_) / (benchmark.name + "_cut");
    fs::create_directories(whole);
    fs::create_directories(cut);
    const std::vector<fs::path> files = query_files(queries / benchmark.name);
    for (const fs::path& file : files) write_whole(benchmark, file, whole);
    if (!test(whole, "--update", benchmark.has_tables ? "KIND=TABLE " : "")) return false;
    size_t rows = 0;
    for (const fs::path& file : files) rows += write_cut(benchmark, file, whole, cut);
    bool passed = test(cut, "", "");
    for (const char* option : kAgain) passed = passed && (alone_ || test(cut, option, ""));
    const char* ways = alone_ ? "" : "; with --restart and --threads 2 as well";
    if (passed) printf("passed: %zu queries of %s, each cut in %d ways, %zu rows%s\n", files.size(), benchmark.name.c_str(), cuts_, rows, ways);
    return passed && rows > files.size();
  }

 private:
  void write_whole(const Benchmark& benchmark, const fs::path& file, const fs::path& folder) {
    const std::string sql = read_query(file);
    std::ofstream out(folder / file.stem().concat(".test"));
    write_case(out, {.name = "at once", .sql = sql, .benchmark = benchmark, .whole = true}, {}, random_);
  }

  size_t write_cut(const Benchmark& benchmark, const fs::path& file, const fs::path& whole, const fs::path& folder) {
    const std::string sql = read_query(file);
    const std::string name = file.stem().concat(".test").string();
    const Lines expected = section_final(whole / name);
    std::ofstream out(folder / name);
    for (int i = 0; i < cuts_; ++i) write_case(out, {.name = "cut at random", .sql = sql, .benchmark = benchmark, .whole = false}, expected, random_);
    return expected.size();
  }

  bool test(const fs::path& folder, const std::string& option, const std::string& environment) const {
    // The two whose parameters leave nothing of so little data get others.
    const std::string command = environment + "SCALE=1 FRACTION=0.01 QUANTITY=200 " + millrace_ + " test " + option + " " + folder.string() + " > " + folder_ + "/report";
    const int status = system(command.c_str());
    if (status != 0) printf("FAILED (the cases are in %s)\n%s\n", folder.c_str(), read_text(folder_ + "/report").substr(0, 10'000).c_str());
    return status == 0;
  }

  std::string millrace_;
  std::string folder_;
  int cuts_;
  bool alone_;
  std::mt19937_64 random_;
};

int compare(const std::string& millrace, const fs::path& queries, int cuts, uint64_t seed, bool alone) {
  const std::string with_seed = " --seed " + std::to_string(seed);
  const Benchmark nexmark = make_benchmark(millrace, "nexmark", kNexmark, with_seed);
  Benchmark tpch = make_benchmark(millrace, "tpch", kTpch, kTpchScale + with_seed);
  tpch.has_tables = true;
  std::string folder = (fs::temp_directory_path() / "millrace_cuts_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  printf("seed %llu\n", static_cast<unsigned long long>(seed));
  Comparison comparison(millrace, folder, cuts, seed, alone);
  const bool nexmark_passed = comparison.run(nexmark, queries);
  const bool passed = comparison.run(tpch, queries) && nexmark_passed;
  std::error_code ignored;
  if (passed) fs::remove_all(folder, ignored);
  return passed ? 0 : 1;
}

}  // namespace

}  // namespace millrace::cuts

int main(int count, char** words) {
  const int cuts = count > 3 ? std::atoi(words[3]) : 0;
  if (cuts <= 0) {
    fprintf(stderr, "usage: query_cuts MILLRACE QUERIES CUTS [SEED [alone]]\n");
    return 2;
  }
  const bool alone = count > 5 && std::string_view(words[5]) == "alone";
  return millrace::cuts::compare(words[1], words[2], cuts, count > 4 ? std::strtoull(words[4], nullptr, 10) : 1, alone);
}
