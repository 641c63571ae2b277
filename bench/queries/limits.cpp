// What does not depend on a comparison: how cost grows with rows and with queries, Nexmark from its generator, memory, the time to compile.
//
//   limits MILLRACE SQL_FOLDER USERS ROWS_MAX JSON
//
// Prints a table; JSON gets an object a line, - is nowhere. Records are made on the fly, so that no disk is measured.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "bench/queries/child_process.h"

using namespace millrace::bench;

namespace {

constexpr int kRepeats = 5;

struct Report {
  FILE* json = nullptr;

  void line(const std::string& what, double value, const char* unit, const std::string& remark) const {
    printf("%-46s %10.2f %-8s %s\n", what.c_str(), value, unit, remark.c_str());
    fflush(stdout);
    if (json != nullptr) fprintf(json, "{\"what\": \"%s\", \"value\": %.4f, \"unit\": \"%s\"}\n", what.c_str(), value, unit);
  }
};

std::string count_text(double rows) {
  char text[32];
  snprintf(text, sizeof text, rows >= 1e6 ? "%.0fM" : "%.0f", rows >= 1e6 ? rows / 1e6 : rows);
  return text;
}

std::string made_stream(int64_t rows) {
  return "CREATE STREAM iot (gt STRING, Model STRING, x DOUBLE) WITH (connector = 'generator', kind = 'iot', seed = 1, "
         "start_time = 1584786731000000000, rows = " + std::to_string(rows) + ");\n"
         "CREATE SINK hole WITH (connector = 'blackhole');\n";
}

/// The best of some runs by CPU time, of all threads.
Cost best_run(const Words& words, const ChildFiles& files = {}, int repeats = kRepeats) {
  Cost best = run_child(words, files);
  for (int i = 1; i < repeats; ++i) {
    const Cost cost = run_child(words, files);
    best.megabytes = std::max(best.megabytes, cost.megabytes);
    best.cpu_seconds = std::min(best.cpu_seconds, cost.cpu_seconds);
    best.seconds = std::min(best.seconds, cost.seconds);
  }
  return best;
}

/// ns a row at ten times the rows, and ten times more. What a process costs apart from its rows is taken off: the cost of one row.
void show_growth(const std::string& millrace, double rows_max, const Report& report) {
  const auto text = [](double rows) {
    return made_stream(static_cast<int64_t>(rows)) + "INSERT INTO hole SELECT gt, count(*) AS n, avg(x) FROM iot GROUP BY gt EMIT COMPLETE ONCE;";
  };
  const double start = best_run({millrace, "run", "-c", text(1)}).cpu_seconds;
  double first = 0;
  for (double rows = std::min(1e6, rows_max); rows <= rows_max; rows *= 10) {
    const Cost cost = best_run({millrace, "run", "-c", text(rows)}, {}, rows > 2e7 ? 1 : kRepeats);
    const double ns = (cost.cpu_seconds - start) / rows * 1e9;
    if (first == 0) first = ns;
    char remark[64];
    snprintf(remark, sizeof remark, "%+.1f %%, %.0f MB", (ns / first - 1) * 100, cost.megabytes);
    report.line("a row made and counted, of " + count_text(rows), ns, "ns", remark);
  }
}

/// Records with a key each, through a pipe.
void feed_records(int fd, int64_t rows) {
  std::string text;
  for (int64_t row = 0; row < rows; ++row) {
    text += "{\"k\": " + std::to_string(row) + ", \"v\": " + std::to_string(row % 1000) + "}\n";
    if (text.size() < (size_t{1} << 18) && row + 1 < rows) continue;
    for (size_t done = 0; done < text.size();) {
      const ssize_t put = write(fd, text.data() + done, text.size() - done);
      if (put <= 0) return;
      done += static_cast<size_t>(put);
    }
    text.clear();
  }
}

/// A hundred queries on one stream read and decode its bytes once; what each costs more is its own work.
void show_sharing(const std::string& millrace, double rows, const Report& report) {
  double bytes_of_one = 0, seconds_of_one = 0;
  for (const int queries : {1, 10, 100}) {
    std::string text = "CREATE STREAM s (k BIGINT, v BIGINT) WITH (connector = 'stdin');\nCREATE SINK hole WITH (connector = 'blackhole');\n";
    for (int i = 0; i < queries; ++i) {
      text += "INSERT INTO hole SELECT count(*) AS n, sum(k) AS s FROM s WHERE v = " + std::to_string(i) + " EMIT COMPLETE EVERY 1 HOUR;\n";
    }
    ChildFiles files;
    files.feed = [rows](int fd) { feed_records(fd, static_cast<int64_t>(rows)); };
    const Cost cost = best_run({millrace, "run", "-c", text}, files, 3);
    if (queries == 1) {
      bytes_of_one = cost.bytes_read;
      seconds_of_one = cost.cpu_seconds;
    }
    char remark[96];
    snprintf(remark, sizeof remark, "%.2f times the bytes of one, %.1f times its CPU", bytes_of_one > 0 ? cost.bytes_read / bytes_of_one : 0,
             cost.cpu_seconds / seconds_of_one);
    report.line("a row for " + std::to_string(queries) + " queries on one stream", cost.cpu_seconds / rows * 1e9, "ns", remark);
  }
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (text.str().empty()) fail("cannot read " + path);
  return text.str();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const size_t at = text.find(what);
  if (at == std::string::npos) fail("no '" + what + "' in a query");
  return text.replace(at, what.size(), with);
}

/// Nexmark's queries as they are in the repository, over bids that are made as fast as they are taken, into nothing; all of it on one processor.
void show_nexmark(const std::string& millrace, const std::string& folder, double rows, const Report& report) {
  const std::string all = "rows = " + std::to_string(static_cast<int64_t>(rows)) + ", seed = 1, start_time = 1584786731000000000";
  for (const char* query : {"q0_pass_through", "q1_currency", "q2_selection", "q5_hot_items", "q7_highest_bid"}) {
    std::string text = replaced(text_of(folder + "/../../queries/nexmark/" + query + ".sql"), "rate = 9200", all);
    text = "CREATE SINK hole WITH (connector = 'blackhole');\n" + replaced(text, "\nSELECT", "\nINSERT INTO hole SELECT");
    const Cost cost = best_run({millrace, "run", "-c", text});
    char remark[64];
    snprintf(remark, sizeof remark, "of processor, %.2f million rows/s by the clock", rows / cost.seconds / 1e6);
    report.line(std::string("Nexmark ") + query, cost.cpu_seconds / rows * 1e9, "ns/row", remark);
  }
}

void show_memory(const std::string& millrace, double rows, const Report& report) {
  const std::string filter = made_stream(static_cast<int64_t>(rows)) + "INSERT INTO hole SELECT gt, Model FROM iot WHERE x > 0.5;";
  report.line("memory of a stateless query", run_child({millrace, "run", "-c", filter}, {}).megabytes, "MB", "wanted: less than 64");
  const double groups = 1e7;
  ChildFiles files;
  files.feed = [groups](int fd) { feed_records(fd, static_cast<int64_t>(groups)); };
  const std::string grouped = "CREATE STREAM s (k BIGINT, v BIGINT) WITH (connector = 'stdin');\nCREATE SINK hole WITH (connector = 'blackhole');\n"
      "INSERT INTO hole SELECT k, count(*) AS n, sum(v) AS s FROM s GROUP BY k EMIT COMPLETE EVERY 1 HOUR;";
  report.line("memory of 10 million groups, count and sum", run_child({millrace, "run", "-c", grouped}, files).megabytes, "MB", "wanted: less than 1000");
}

/// The figure in front of " ms" behind "SQL to native code", of a run's summary.
double native_code_ms(const std::string& path) {
  const std::string text = text_of(path);
  const std::string words = "SQL to native code ";
  const size_t at = text.find(words);
  if (at == std::string::npos) fail("a summary does not tell the time to native code");
  return atof(text.c_str() + at + words.size());
}

void show_compilation(const std::string& millrace, const std::string& folder, const std::string& users, const Report& report) {
  const std::string stem = "/tmp/millrace_bench_" + std::to_string(getpid());
  std::ofstream(stem + ".ndjson") << R"({"gt": "walk", "x": 0.5})" << "\n";
  setenv("MILLRACE_CODE_CACHE", "off", 1);
  for (const char* query : {"q1", "q2", "q3", "q4", "q5", "q6", "q7"}) {
    const Words words = {millrace, "run", folder + "/" + query + ".sql", "--var", "DATA=" + stem + ".ndjson", "--var", "USERS=" + users};
    std::vector<double> code, whole;
    for (int i = 0; i < 15; ++i) {
      ChildFiles files;
      files.err = stem + ".err";
      whole.push_back(run_child(words, files).seconds * 1e3);
      code.push_back(native_code_ms(files.err));
    }
    char remark[64];
    snprintf(remark, sizeof remark, "the process, of one row, %.1f ms", median(whole));
    report.line(std::string("SQL text to native code, ") + query, median(code), "ms", remark);
  }
  unsetenv("MILLRACE_CODE_CACHE");
  unlink((stem + ".ndjson").c_str());
  unlink((stem + ".err").c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) fail("usage: limits MILLRACE SQL_FOLDER USERS ROWS_MAX JSON");
  const double rows = std::max(1000.0, atof(argv[4]));
  Report report;
  if (std::string(argv[5]) != "-") report.json = fopen(argv[5], "w");
  show_compilation(argv[1], argv[2], argv[3], report);
  show_memory(argv[1], std::min(rows, 1e7), report);
  show_sharing(argv[1], std::min(rows, 1e6), report);
  show_nexmark(argv[1], argv[2], std::min(rows, 1e7), report);
  show_growth(argv[1], rows, report);
  if (report.json != nullptr) fclose(report.json);
  return 0;
}
