// How long a row is under way from a socket through a query to a socket, beside a program that does nothing but pass lines on.
//
//   latency MILLRACE ECHO SECONDS REPEATS JSON RATE...
//
// One thread of this program sends and receives, on a processor of its own; the other one is the program's. Records carry the time at which they were
// due, so that a program that falls behind is not asked less of. Programs take turns. Prints a table; JSON gets an object a line, - is nowhere.

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "bench/queries/child_process.h"
#include "bench/queries/loopback.h"

using namespace millrace::bench;

namespace {

struct Latency {
  double p50_us = 0;
  double p99_us = 0;
  double rows_s = 0;  ///< that came back while they were sent
};

Latency summary(std::vector<int32_t>& taken_ns, double seconds) {
  if (taken_ns.empty()) fail("nothing came back");
  const auto at = [&](double part) {
    const auto place = taken_ns.begin() + static_cast<ptrdiff_t>(part * static_cast<double>(taken_ns.size() - 1));
    std::nth_element(taken_ns.begin(), place, taken_ns.end());
    return static_cast<double>(*place) / 1000;
  };
  const double p50 = at(0.5);
  return {p50, at(0.99), static_cast<double>(taken_ns.size()) / seconds};
}

/// Sends rows at a rate and takes those that come back; what came back within the first tenth of the time does not count.
class Traffic {
 public:
  Traffic(int to, int from, double rate) : to_(to), from_(from), tick_ns_(1e9 / rate) {}

  Latency run(double seconds) {
    start_ns_ = now_ns();
    const int64_t end_ns = start_ns_ + static_cast<int64_t>(seconds * 1e9);
    warm_ns_ = start_ns_ + (end_ns - start_ns_) / 10;
    for (int64_t now = start_ns_; now < end_ns; now = now_ns()) {
      write_due(now);
      send_some();
      receive_some();
    }
    return summary(taken_ns_, seconds * 0.9);
  }

 private:
  static constexpr size_t kUnsentMax = size_t{1} << 16;

  int64_t due_ns(int64_t row) const { return start_ns_ + static_cast<int64_t>(static_cast<double>(row) * tick_ns_); }

  void write_due(int64_t now) {
    while (unsent_.size() < kUnsentMax && due_ns(next_row_) <= now) {
      char line[96];
      const int size = snprintf(line, sizeof line, "{\"t\": %ld, \"v\": %ld, \"name\": \"walk\"}\n", static_cast<long>(due_ns(next_row_)), static_cast<long>(next_row_ % 1000));
      unsent_.append(line, static_cast<size_t>(size));
      ++next_row_;
    }
  }

  void send_some() {
    if (unsent_.empty()) return;
    const ssize_t sent = send(to_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) unsent_.erase(0, static_cast<size_t>(sent));
  }

  void receive_some() {
    const ssize_t got = recv(from_, buffer_.data() + held_, buffer_.size() - held_, MSG_DONTWAIT);
    if (got <= 0) return;
    const int64_t now = now_ns();
    const char* line = buffer_.data();
    const char* const end = line + held_ + got;
    for (const char* newline; (newline = static_cast<const char*>(memchr(line, '\n', static_cast<size_t>(end - line)))) != nullptr; line = newline + 1) {
      const char* digits = line;
      while (digits < newline && (*digits < '0' || *digits > '9')) ++digits;
      const int64_t due = strtoll(digits, nullptr, 10);
      if (due >= warm_ns_) taken_ns_.push_back(static_cast<int32_t>(std::min<int64_t>(now - due, INT32_MAX)));
    }
    held_ = static_cast<size_t>(end - line);
    memmove(buffer_.data(), line, held_);
  }

  int to_;
  int from_;
  double tick_ns_;
  int64_t start_ns_ = 0;
  int64_t warm_ns_ = 0;
  int64_t next_row_ = 0;
  std::string unsent_;
  std::vector<char> buffer_ = std::vector<char>(size_t{1} << 20);
  size_t held_ = 0;
  std::vector<int32_t> taken_ns_;
};

Words query_of(const std::string& millrace, const std::string& in, const std::string& out) {
  return {millrace, "run", "-c",
          "CREATE STREAM s (t BIGINT, v BIGINT, name STRING) WITH (connector = 'socket', host = '127.0.0.1', port = " + in + ");\n"
          "CREATE SINK back WITH (connector = 'socket', host = '127.0.0.1', port = " + out + ", format = 'json');\n"
          "INSERT INTO back SELECT t, v, name FROM s WHERE v >= 0;"};
}

/// The program runs on the second processor, this one on the first.
Latency measure(const std::string& millrace, const std::string& echo, bool is_query, double rate, double seconds) {
  Listener in, out;
  const Words words = is_query ? query_of(millrace, in.port(), out.port()) : Words{echo, in.port(), out.port()};
  const pid_t child = start_on(1, words, "/dev/null");
  // The query opens its sink first, the echo its source: both connections wait to be accepted.
  const Latency latency = Traffic(in.client(), out.client(), rate).run(seconds);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return latency;
}

double median_of(const std::vector<Latency>& runs, double Latency::*what) {
  std::vector<double> values;
  for (const Latency& run : runs) values.push_back(run.*what);
  return median(values);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) fail("usage: latency MILLRACE ECHO SECONDS REPEATS JSON RATE...");
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) fail("two processors are needed");
  stay_on(0);
  const double seconds = atof(argv[3]);
  FILE* json = std::string(argv[5]) == "-" ? nullptr : fopen(argv[5], "w");
  printf("%12s %28s %28s %10s %10s\n", "rows/s", "echo p50, p99 us", "query p50, p99 us", "p50 ratio", "p99 ratio");
  for (int i = 6; i < argc; ++i) {
    const double rate = atof(argv[i]);
    std::vector<Latency> echoes, queries;
    for (int repeat = 0; repeat < atoi(argv[4]); ++repeat) {
      echoes.push_back(measure(argv[1], argv[2], false, rate, seconds));
      queries.push_back(measure(argv[1], argv[2], true, rate, seconds));
    }
    const double echo50 = median_of(echoes, &Latency::p50_us), echo99 = median_of(echoes, &Latency::p99_us);
    const double query50 = median_of(queries, &Latency::p50_us), query99 = median_of(queries, &Latency::p99_us);
    printf("%12.0f %15.1f %12.1f %15.1f %12.1f %10.2f %10.2f   (%.0f and %.0f rows/s came back)\n", rate, echo50, echo99, query50, query99, query50 / echo50, query99 / echo99,
           median_of(echoes, &Latency::rows_s), median_of(queries, &Latency::rows_s));
    fflush(stdout);
    if (json != nullptr) {
      fprintf(json, "{\"rate\": %.0f, \"echo_p50_us\": %.2f, \"echo_p99_us\": %.2f, \"query_p50_us\": %.2f, \"query_p99_us\": %.2f}\n", rate, echo50, echo99, query50, query99);
    }
  }
  if (json != nullptr) fclose(json);
  return 0;
}
