// What EMIT … AUTO LATENCY makes of a load that moves: rows come through a socket at one rate after the other, and each step says how long they
// were under way to the row of output that counts them, and which batches the query chose, as its progress line tells.
//
//   moving_load MILLRACE TARGET_MS SECONDS JSON RATE...
//
// Rows carry the time at which they were due, and are sent late rather than not at all when this program or the query falls behind; the next step
// begins anew. The query is on the second processor, this program on the first. Prints a table; JSON gets an object a line, - is nowhere.

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "bench/queries/child_process.h"
#include "bench/queries/loopback.h"

using namespace millrace::bench;

namespace {

/// Rows are counted by slots of time: how long a row took is known but for that.
constexpr int64_t kSlotUs = 100;

/// How long rows took, in steps of ten microseconds.
class Histogram {
 public:
  void add(int64_t taken_us, int64_t rows) {
    const auto place = static_cast<size_t>(std::clamp<int64_t>(taken_us / kStepUs, 0, static_cast<int64_t>(counts_.size()) - 1));
    counts_[place] += rows;
    rows_ += rows;
  }
  int64_t rows() const { return rows_; }
  double quantile_us(double part) const {
    int64_t left = static_cast<int64_t>(part * static_cast<double>(rows_));
    for (size_t i = 0; i < counts_.size(); ++i) {
      left -= counts_[i];
      if (left < 0) return static_cast<double>(i * kStepUs);
    }
    return static_cast<double>(counts_.size() * kStepUs);
  }
  double share_within(int64_t us) const {
    int64_t within = 0;
    for (size_t i = 0; i < static_cast<size_t>(us / kStepUs) && i < counts_.size(); ++i) within += counts_[i];
    return rows_ == 0 ? 0 : static_cast<double>(within) / static_cast<double>(rows_);
  }

 private:
  static constexpr int64_t kStepUs = 10;
  std::vector<int64_t> counts_ = std::vector<int64_t>(200'000);  // two seconds
  int64_t rows_ = 0;
};

class Traffic {
 public:
  Traffic(int to, int from) : to_(to), from_(from) {}

  /// One step. Rows that come back afterwards do not count.
  Histogram run(double rate, double seconds) {
    Histogram taken;
    const int64_t start = now_ns();
    const int64_t end = start + static_cast<int64_t>(seconds * 1e9);
    const double tick_ns = 1e9 / rate;
    int64_t row = 0;
    from_slot_ = start / (kSlotUs * 1000);
    for (int64_t now = start; now < end; now = now_ns()) {
      for (int64_t due; unsent_.size() < kUnsentMax && (due = start + static_cast<int64_t>(static_cast<double>(row) * tick_ns)) <= now; ++row) add_row(due / 1000);
      send_some();
      receive_some(taken);
    }
    return taken;
  }

 private:
  static constexpr size_t kUnsentMax = size_t{1} << 16;

  void add_row(int64_t due_us) {
    char line[48] = "{\"t\": ";
    char* end = std::to_chars(line + 6, line + 30, due_us).ptr;
    memcpy(end, ", \"v\": 7}\n", 10);
    unsent_.append(line, static_cast<size_t>(end + 10 - line));
  }

  void send_some() {
    if (sent_ == unsent_.size()) return;
    const ssize_t sent = send(to_, unsent_.data() + sent_, unsent_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) sent_ += static_cast<size_t>(sent);
    if (sent_ < unsent_.size()) return;
    unsent_.clear();
    sent_ = 0;
  }

  /// Each line is `{"slot":s,"n":n}`: of the rows of a slot n have been counted.
  void receive_some(Histogram& taken) {
    const ssize_t got = recv(from_, buffer_.data() + held_, buffer_.size() - held_, MSG_DONTWAIT);
    if (got <= 0) return;
    const int64_t now_us = now_ns() / 1000;
    const char* line = buffer_.data();
    const char* const end = line + held_ + got;
    for (const char* newline; (newline = static_cast<const char*>(memchr(line, '\n', static_cast<size_t>(end - line)))) != nullptr; line = newline + 1) {
      const int64_t slot = number_behind(line, newline), n = number_behind(static_cast<const char*>(memchr(line, ',', static_cast<size_t>(newline - line))), newline);
      int64_t& counted = counted_[slot];
      if (slot >= from_slot_) taken.add(now_us - slot * kSlotUs, n - counted);
      counted = n;
    }
    held_ = static_cast<size_t>(end - line);
    memmove(buffer_.data(), line, held_);
  }

  static int64_t number_behind(const char* p, const char* end) {
    while (p < end && (*p < '0' || *p > '9')) ++p;
    return strtoll(p, nullptr, 10);
  }

  int to_;
  int from_;
  std::string unsent_;
  size_t sent_ = 0;
  int64_t from_slot_ = 0;
  std::unordered_map<int64_t, int64_t> counted_;  ///< rows by slot
  std::vector<char> buffer_ = std::vector<char>(size_t{1} << 20);
  size_t held_ = 0;
};

/// What the last of the progress lines says of a label up to the next bar or comma.
std::string told(const std::string& lines, const std::string& label) {
  const size_t at = lines.rfind(label);
  if (at == std::string::npos) return "?";
  const size_t begin = at + label.size();
  return lines.substr(begin, lines.find_first_of("|,\r\n", begin) - begin);
}

std::string contents(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) fail("usage: moving_load MILLRACE TARGET_MS SECONDS JSON RATE...");
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) fail("two processors are needed");
  stay_on(0);
  const std::string target_ms = argv[2];
  const double seconds = atof(argv[3]);
  FILE* json = std::string(argv[4]) == "-" ? nullptr : fopen(argv[4], "w");
  const std::string folder = getenv("TMPDIR") != nullptr ? getenv("TMPDIR") : "/tmp";
  const std::string progress = folder + "/millrace_bench_" + std::to_string(getpid()) + "_progress";
  Listener in, out;
  const pid_t child = start_on(1, {argv[1], "run", "--progress", "-c",
                                   "CREATE STREAM s (t BIGINT, v BIGINT) WITH (connector = 'socket', host = '127.0.0.1', port = " + in.port() + ");\n"
                                   "CREATE SINK back WITH (connector = 'socket', host = '127.0.0.1', port = " + out.port() + ", format = 'json');\n"
                                   "INSERT INTO back SELECT t DIV " + std::to_string(kSlotUs) + " AS slot, count(*) AS n FROM s GROUP BY t DIV " +
                                       std::to_string(kSlotUs) + " EMIT UPDATE AUTO LATENCY " + target_ms + " MS;"}, progress);
  Traffic traffic(in.client(), out.client());
  printf("target %s ms, %.0f s a step\n%12s %14s %10s %10s %11s   %s\n", target_ms.c_str(), seconds, "offered/s", "came back/s", "p50 us", "p99 us", "in target",
         "the query: batches up to, waiting");
  for (int i = 5; i < argc; ++i) {
    const double rate = atof(argv[i]);
    const Histogram taken = traffic.run(rate, seconds);
    const std::string lines = contents(progress);
    const double within = taken.share_within(static_cast<int64_t>(atof(argv[2]) * 1000) + kSlotUs);
    printf("%12.0f %14.0f %10.0f %10.0f %10.2f %%   %s, %s\n", rate, static_cast<double>(taken.rows()) / seconds, taken.quantile_us(0.5), taken.quantile_us(0.99), within * 100,
           told(lines, "batches up to ").c_str(), told(lines, "waiting ").c_str());
    fflush(stdout);
    if (json != nullptr) {
      fprintf(json, "{\"rate\": %.0f, \"rows_s\": %.0f, \"p50_us\": %.0f, \"p99_us\": %.0f, \"within_target\": %.5f}\n", rate, static_cast<double>(taken.rows()) / seconds,
              taken.quantile_us(0.5), taken.quantile_us(0.99), within);
    }
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  unlink(progress.c_str());
  if (json != nullptr) fclose(json);
  return 0;
}
