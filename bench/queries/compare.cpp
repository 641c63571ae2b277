// Runs each bench query with Millrace and with the hand-written loop, turn and turn about on the same file, checks that
// the answers are equal, and prints rows/s of both with the ratio and its spread.
//
//   compare MILLRACE HAND_WRITTEN SQL_FOLDER DATA USERS ROWS [REPEATS [QUERY…]]
//
// What is timed is the whole process, start-up and compilation included, output to /dev/null. Ratios of interleaved runs
// are what to look at: the machine's speed drifts by more than the programs differ.

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using Words = std::vector<std::string>;

[[noreturn]] void fail(const std::string& what) {
  fprintf(stderr, "compare: %s\n", what.c_str());
  exit(1);
}

/// Runs a program with its output going to `out_path`; seconds of wall clock.
double run(const Words& words, const char* out_path) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(out, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) fail(words[0] + " failed for " + words[2]);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

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

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void measure(const std::string& query, const Words& ours, const Words& theirs, double rows, int repeats) {
  const std::string folder = getenv("TMPDIR") != nullptr ? getenv("TMPDIR") : "/tmp";
  const std::string stem = folder + "/millrace_bench_" + std::to_string(getpid()) + "_";
  run(ours, (stem + "ours").c_str());
  run(theirs, (stem + "theirs").c_str());
  check_answers(query, stem + "ours", stem + "theirs");
  unlink((stem + "ours").c_str());
  unlink((stem + "theirs").c_str());

  std::vector<double> our_times, their_times, ratios;
  for (int i = 0; i < repeats; ++i) {
    our_times.push_back(run(ours, "/dev/null"));
    their_times.push_back(run(theirs, "/dev/null"));
    ratios.push_back(their_times.back() / our_times.back());
  }
  const double our_best = *std::min_element(our_times.begin(), our_times.end());
  const double their_best = *std::min_element(their_times.begin(), their_times.end());
  const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
  printf("%-5s %10.2f %10.2f %10.1f %10.1f %8.2f %8.2f   %.2f - %.2f\n", query.c_str(), rows / our_best / 1e6,
         rows / their_best / 1e6, our_best / rows * 1e9, their_best / rows * 1e9, their_best / our_best, median(ratios), *low, *high);
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) fail("usage: compare MILLRACE HAND_WRITTEN SQL_FOLDER DATA USERS ROWS [REPEATS [QUERY…]]");
  const std::string millrace = argv[1], hand_written = argv[2], folder = argv[3], data = argv[4], users = argv[5];
  const double rows = atof(argv[6]);
  const int repeats = argc > 7 ? std::max(1, atoi(argv[7])) : 5;
  Words queries(argv + std::min(argc, 8), argv + argc);
  if (queries.empty()) queries = {"q1", "q2", "q3", "q4", "q5", "q6", "q7"};
  printf("%-5s %10s %10s %10s %10s %8s %8s   %s\n", "query", "Mrows/s", "by hand", "ns/row", "by hand", "ratio", "median", "spread");
  for (const std::string& query : queries) {
    const Words ours = {millrace, "run", folder + "/" + query + ".sql", "--format", "json", "--var", "DATA=" + data};
    Words with_users = ours;
    if (query == "q5") with_users.insert(with_users.end(), {"--var", "USERS=" + users});
    measure(query, with_users, {hand_written, query, data, users}, rows, repeats);
  }
  return 0;
}
