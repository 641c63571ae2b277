// How soon a row is seen on the program's standard output after its bytes have come, whatever the other side is like. The promise is 50 ms;
// what is checked is the median of several rows, so that a machine that is busy with other things does not fail it.

#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "tests/unit/runtime/connectors/local_tcp.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

constexpr int64_t kPromiseNs = 50'000'000;
constexpr int kRows = 9;

/// The program, running a script, with its standard output at the other end of a pipe. Killed when the test is over.
class RunningJob {
 public:
  explicit RunningJob(const std::string& sql) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    output_ = ends[0];
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
      ::execl(MILLRACE_PROGRAM, "millrace", "run", "--format", "json", "--timeout", "120s", "-c", sql.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
  }
  ~RunningJob() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    ::close(output_);
  }

  int output() const { return output_; }

 private:
  int output_ = -1;
  pid_t process_ = -1;
};

std::string row(int number) { return "{\"v\": " + std::to_string(number) + "}\n"; }
std::string seen(int number) { return "{\"v\":" + std::to_string(number) + "}\n"; }

/// Sends rows one by one, each after the one before was seen, and checks how long that took.
void check_latency(int output, const std::function<void(int)>& send) {
  std::vector<int64_t> waits;
  for (int i = 0; i < kRows; ++i) {
    ::usleep(20'000);
    int64_t start = steady_clock_ns();
    send(i);
    REQUIRE(receive_text(output, seen(i).size()) == seen(i));
    waits.push_back(steady_clock_ns() - start);
  }
  std::sort(waits.begin(), waits.end());
  CHECK(waits[waits.size() / 2] < kPromiseNs);
}

std::string socket_stream(const std::string& name, int64_t port, const std::string& more = "") {
  return "CREATE STREAM " + name + " (v INT) WITH (connector = 'socket', port = " + std::to_string(port) + more + ");";
}

int accept_from(const Listener& listener) {
  int fd = ::accept(listener.fd, nullptr, nullptr);
  REQUIRE(fd >= 0);
  return fd;
}

}  // namespace

TEST_CASE("rows that are sent one by one are seen at once, also after silence") {
  Listener listener;
  RunningJob job(socket_stream("s", listener.port) + "SELECT v FROM s");
  int client = accept_from(listener);
  check_latency(job.output(), [&](int i) { send_text(client, row(i)); });
  ::usleep(700'000);
  check_latency(job.output(), [&](int i) { send_text(client, row(i)); });
  ::close(client);
}

TEST_CASE("a row that comes in halves is seen when it is whole") {
  Listener listener;
  RunningJob job(socket_stream("s", listener.port) + "SELECT v FROM s");
  int client = accept_from(listener);
  check_latency(job.output(), [&](int i) {
    for (char c : row(i)) send_text(client, std::string(1, c));
  });
  ::close(client);
}

TEST_CASE("a stream on which nothing comes does not hold up another") {
  Listener listener;
  Listener silent;
  RunningJob job(socket_stream("a", listener.port) + socket_stream("b", silent.port) + "SELECT v FROM a UNION ALL SELECT v FROM b");
  int client = accept_from(listener);
  int quiet = accept_from(silent);
  check_latency(job.output(), [&](int i) { send_text(client, row(i)); });
  ::close(client);
  ::close(quiet);
}

TEST_CASE("a stream whose sender is away does not hold up another") {
  Listener listener;
  auto away = std::make_unique<Listener>();
  RunningJob job(socket_stream("a", listener.port) + socket_stream("b", away->port, ", reconnect = true") +
                 "SELECT v FROM a UNION ALL SELECT v FROM b");
  int client = accept_from(listener);
  ::close(accept_from(*away));
  away.reset();
  check_latency(job.output(), [&](int i) { send_text(client, row(i)); });
  ::close(client);
}

TEST_CASE("a sender that closes after each row and comes back is followed") {
  Listener listener;
  RunningJob job(socket_stream("s", listener.port, ", reconnect = true") + "SELECT v FROM s");
  check_latency(job.output(), [&](int i) {
    int client = accept_from(listener);
    send_text(client, row(i));
    ::close(client);
  });
}

TEST_CASE("senders that come and go are heard at once") {
  int64_t port = free_port();
  RunningJob job(socket_stream("s", port, ", listen = true") + "SELECT v FROM s");
  check_latency(job.output(), [&](int i) {
    int sender = try_to_connect(port);
    for (int tries = 0; sender < 0 && tries < 30'000; ++tries) {
      ::usleep(1000);
      sender = try_to_connect(port);
    }
    send_text(sender, row(i));
    ::close(sender);
  });
}

TEST_CASE("an event is seen when its empty line has come") {
  Listener listener;
  RunningJob job("CREATE STREAM s (v INT) WITH (connector = 'sse', url = 'http://127.0.0.1:" + std::to_string(listener.port) +
                 "/'); SELECT v FROM s");
  int client = accept_from(listener);
  send_text(client, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
  check_latency(job.output(), [&](int i) { send_text(client, ": ping\n\ndata: " + row(i) + "\n"); });
  ::close(client);
}

TEST_CASE("a file is seen when it is closed") {
  TemporaryFolder folder;
  RunningJob job("CREATE STREAM s (v INT) WITH (connector = 'directory', path = '" + (folder / "") + "'); SELECT v FROM s");
  check_latency(job.output(), [&](int i) { write_file(folder / std::to_string(i), row(i)); });
}

TEST_CASE("rows pass through a job to whoever reads its connection") {
  Listener listener;
  int64_t port = free_port();
  RunningJob job(socket_stream("s", listener.port) + "CREATE SINK out WITH (connector = 'socket', listen = true, port = " +
                 std::to_string(port) + "); INSERT INTO out SELECT v FROM s");
  int client = accept_from(listener);
  int reader = connect_to(port);  // a job opens its sinks before its streams
  check_latency(reader, [&](int i) { send_text(client, row(i)); });
  ::close(reader);
  ::close(client);
}
