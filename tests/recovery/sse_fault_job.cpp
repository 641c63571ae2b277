#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/local_listener.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

constexpr int kEventsSent = 200;
constexpr int kEventsOfPiece = 20;
constexpr int kEventsOfConnection = 100;

std::string event_line(int number) { return "event " + std::to_string(number) + " of a server that remembers"; }
std::string event_shown(int number) { return "{\"value\":\"" + event_line(number) + "\"}\n"; }

bool say(int connection, const std::string& text) { return ::send(connection, text.data(), text.size(), MSG_NOSIGNAL) >= 0; }

/// Events with ids, a hundred a connection, from the one behind the last that the client has; who has all of them is told that there are no more.
void send_events(int connection, const std::atomic<bool>& /*stops*/) {
  std::string request;
  char bytes[2048];
  while (request.find("\r\n\r\n") == std::string::npos) {
    pollfd wait{connection, POLLIN, 0};
    if (::poll(&wait, 1, 1000) <= 0) return;
    const ssize_t got = ::recv(connection, bytes, sizeof bytes, 0);
    if (got <= 0) return;
    request.append(bytes, static_cast<size_t>(got));
  }
  const size_t id = request.find("Last-Event-ID: ");
  const int first = id == std::string::npos ? 0 : std::atoi(request.c_str() + id + 15) + 1;
  if (first >= kEventsSent) {
    (void)say(connection, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    return;
  }
  if (!say(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nretry: 1\n\n")) return;
  const int end = std::min(first + kEventsOfConnection, kEventsSent);
  for (int event = first; event < end;) {
    std::string piece;
    for (int i = 0; i < kEventsOfPiece && event < end; ++i, ++event) piece += "id: " + std::to_string(event) + "\ndata: " + event_line(event) + "\n\n";
    if (!say(connection, piece)) return;
    sleep_ms(1);
  }
}

class SseFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "sse"; }
  bool has_peers() const override { return true; }

  void make(const std::string& folder) override {
    write_file(folder + "/job.sql", "CREATE STREAM s WITH (connector = 'sse', url = 'http://127.0.0.1:" + std::to_string(server_.port()) +
                                        "/events', connect_timeout = '2 seconds');\n"
                                        "CREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json', retry_for = '300ms');\n"
                                        "INSERT INTO out SELECT value FROM s;\n");
  }

  bool take_expected(const std::string& folder) override {
    whole_.clear();
    for (int event = 0; event < kEventsSent; ++event) whole_ += event_shown(event);
    return read_file(folder + "/out.ndjson") == whole_;
  }

  std::string problem(const std::string& folder, bool is_complete) override {
    const std::string text = read_file(folder + "/out.ndjson");
    if (is_complete ? text == whole_ : whole_.starts_with(text) && (text.empty() || text.ends_with('\n'))) return {};
    return "these are not the events: " + std::to_string(text.size()) + " bytes of " + std::to_string(whole_.size());
  }

 private:
  LocalServer server_{send_events};
  std::string whole_;
};

}  // namespace

std::unique_ptr<FaultJob> make_sse_fault_job() { return std::make_unique<SseFaultJob>(); }

}  // namespace millrace::recovery
