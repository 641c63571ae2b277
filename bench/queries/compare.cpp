// Runs each bench query with Millrace and with the hand-written loop, turn and turn about on the same file, checks that
// the answers are equal, and prints rows/s of both with the ratio and its spread.
//
//   compare MILLRACE HAND_WRITTEN SQL_FOLDER DATA_FOLDER USERS ROWS REPEATS JSON [QUERY…]
//
// A query's records are DATA_FOLDER/KIND_ROWS.ndjson. JSON gets an object a line for each query; - is nowhere.
//
// What is timed is the whole process, start-up and compilation included, output to /dev/null. Ratios of interleaved runs
// are what to look at: the machine's speed drifts by more than the programs differ.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "bench/queries/child_process.h"

using namespace millrace::bench;

namespace {

Words sorted_lines(const std::string& path) {
  std::ifstream file(path);
  Words lines;
  for (std::string line; std::getline(file, line);) {
    // Spaces after separators are a matter of taste.
    std::erase(line, ' ');
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

/// Equal but for the last digits of doubles, whose sums depend on the order of addition.
bool lines_agree(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const char* p = a.c_str();
  const char* q = b.c_str();
  while (*p != '\0' && *q != '\0') {
    const bool number = (*p >= '0' && *p <= '9') || *p == '-';
    if (number && p[1] != '"') {
      char *p_end, *q_end;
      const double x = strtod(p, &p_end), y = strtod(q, &q_end);
      if (p_end == p || q_end == q || std::fabs(x - y) > 1e-9 * std::max(1.0, std::fabs(x))) return false;
      p = p_end;
      q = q_end;
    } else if (*p++ != *q++) {
      return false;
    }
  }
  return *p == *q;
}

void check_answers(const std::string& query, const std::string& ours, const std::string& theirs) {
  const Words a = sorted_lines(ours), b = sorted_lines(theirs);
  if (a.size() != b.size()) fail(query + ": " + std::to_string(a.size()) + " rows against " + std::to_string(b.size()));
  for (size_t i = 0; i < a.size(); ++i) {
    if (!lines_agree(a[i], b[i])) fail(query + ": answers differ:\n  millrace     " + a[i] + "\n  hand-written " + b[i]);
  }
}

/// Figures of one program over its runs.
struct Runs {
  double best_seconds = 0;
  double megabytes = 0;
};

Runs summarize(const std::vector<Cost>& costs) {
  Runs runs{costs[0].seconds, 0};
  for (const Cost& cost : costs) {
    runs.best_seconds = std::min(runs.best_seconds, cost.seconds);
    runs.megabytes = std::max(runs.megabytes, cost.megabytes);
  }
  return runs;
}

void check(const std::string& query, const Words& ours, const Words& theirs) {
  const std::string folder = getenv("TMPDIR") != nullptr ? getenv("TMPDIR") : "/tmp";
  const std::string stem = folder + "/millrace_bench_" + std::to_string(getpid()) + "_";
  run_child(ours, {.out = stem + "ours", .err = "/dev/null", .feed = {}});
  run_child(theirs, {.out = stem + "theirs", .err = "/dev/null", .feed = {}});
  check_answers(query, stem + "ours", stem + "theirs");
  unlink((stem + "ours").c_str());
  unlink((stem + "theirs").c_str());
}

void measure(const std::string& query, const Words& ours, const Words& theirs, double rows, int repeats, FILE* json) {
  check(query, ours, theirs);
  std::vector<Cost> our_costs, their_costs;
  std::vector<double> ratios;
  for (int i = 0; i < repeats; ++i) {
    our_costs.push_back(run_child(ours, {}));
    their_costs.push_back(run_child(theirs, {}));
    ratios.push_back(their_costs.back().seconds / our_costs.back().seconds);
  }
  const Runs us = summarize(our_costs), them = summarize(their_costs);
  const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
  const double our_ns = us.best_seconds / rows * 1e9, their_ns = them.best_seconds / rows * 1e9;
  printf("%-13s %10.2f %10.2f %10.1f %10.1f %8.2f %8.2f   %.2f - %.2f %8.0f %8.0f\n", query.c_str(), 1e3 / our_ns, 1e3 / their_ns, our_ns, their_ns,
         their_ns / our_ns, median(ratios), *low, *high, us.megabytes, them.megabytes);
  fflush(stdout);
  if (json == nullptr) return;
  fprintf(json, "{\"query\": \"%s\", \"rows\": %.0f, \"repeats\": %d, \"ns\": %.2f, \"handWrittenNs\": %.2f, \"ratio\": %.4f, \"ratioLowest\": %.4f, "
          "\"ratioHighest\": %.4f, \"megabytes\": %.1f, \"handWrittenMegabytes\": %.1f}\n", query.c_str(), rows, repeats, our_ns, their_ns, median(ratios), *low, *high,
          us.megabytes, them.megabytes);
}

/// Which records a query reads: what its name says behind a dash, or by its first letter.
std::string data_kind(const std::string& query) {
  if (const size_t dash = query.find('-'); dash != std::string::npos) return query.substr(dash + 1);
  if (query[0] == 'n') return "bids";
  if (query[0] == 'w') return "wide";
  if (query == "k1") return "keys1m";
  if (query == "k10") return "keys10m";
  if (query[0] == 'y') return "ads";
  return "iot";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) fail("usage: compare MILLRACE HAND_WRITTEN SQL_FOLDER DATA_FOLDER USERS ROWS REPEATS JSON [QUERY…]");
  const std::string millrace = argv[1], hand_written = argv[2], folder = argv[3], data_folder = argv[4], users = argv[5], rows_text = argv[6];
  const double rows = atof(argv[6]);
  const int repeats = std::max(1, atoi(argv[7]));
  FILE* json = std::string(argv[8]) == "-" ? nullptr : fopen(argv[8], "w");
  Words queries(argv + 9, argv + argc);
  if (queries.empty()) queries = {"q1", "q2", "q3", "q4", "q5", "q6", "q7", "n2", "n5", "w1", "k1", "k10", "y1"};
  printf("%-13s %10s %10s %10s %10s %8s %8s   %-11s %8s %8s\n", "query", "Mrows/s", "by hand", "ns/row", "by hand", "ratio", "median", "spread", "MB", "by hand");
  for (const std::string& query : queries) {
    const std::string data = data_folder + "/" + data_kind(query) + "_" + rows_text + ".ndjson";
    const std::string text = query.substr(0, query.find('-'));
    Words ours = {millrace, "run", folder + "/" + text + ".sql", "--format", "json", "--var", "DATA=" + data};
    if (text == "q5") ours.insert(ours.end(), {"--var", "USERS=" + users});
    const std::string campaigns = data_folder + "/campaigns_" + rows_text + ".ndjson";
    if (text == "y1") ours.insert(ours.end(), {"--var", "CAMPAIGNS=" + campaigns});
    Words theirs = {hand_written, text, data, text == "y1" ? campaigns : users};
    if (data_kind(query) == "irregular") theirs.push_back("any-order");
    measure(query, ours, theirs, rows, repeats, json);
  }
  if (json != nullptr) fclose(json);
  return 0;
}
