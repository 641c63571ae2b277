#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/local_listener.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

constexpr int kRowsWanted = 400;
constexpr int kRowsOfPacket = 50;

std::string sent_row(int number) { return "row " + std::to_string(number) + " of whoever comes"; }
std::string shown_row(int number) { return "{\"value\":\"" + sent_row(number) + "\"}"; }

/// Connects to whoever listens at a port, time and again, and sends all rows with each connection.
class RowSender {
 public:
  explicit RowSender(int port) : port_(port), thread_([this] { send_again_and_again(); }) {}
  ~RowSender() {
    stops_ = true;
    thread_.join();
  }
  RowSender(const RowSender&) = delete;
  RowSender& operator=(const RowSender&) = delete;

 private:
  void send_again_and_again() const {
    for (; !stops_; sleep_ms(2)) {
      const int connection = connect_locally(port_);
      if (connection < 0) continue;
      send_all(connection);
      ::close(connection);
    }
  }

  /// And waits until the other side has closed.
  void send_all(int connection) const {
    for (int row = 0; row < kRowsWanted;) {
      std::string packet;
      for (int i = 0; i < kRowsOfPacket; ++i) packet += sent_row(row++) + "\n";
      if (::send(connection, packet.data(), packet.size(), MSG_NOSIGNAL) < 0) return;
      sleep_ms(1);
    }
    pollfd wait{connection, POLLIN, 0};
    char byte;
    while (!stops_ && (::poll(&wait, 1, 20) == 0 || ::recv(connection, &byte, 1, 0) > 0)) {
    }
  }

  int port_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

/// It ends when it has rows enough. A sender whose connection a fault ends comes again and begins anew.
class ListenFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "listening socket"; }
  bool has_peers() const override { return true; }

  void make(const std::string& folder) override {
    write_file(folder + "/job.sql", "CREATE STREAM s WITH (connector = 'socket', listen = true, port = " + std::to_string(port_) +
                                        ", durable = true, retry_for = '300ms');\n"
                                        "CREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json', retry_for = '300ms');\n"
                                        "INSERT INTO out SELECT value FROM s LIMIT " + std::to_string(kRowsWanted) + ";\n");
    seen_.clear();
  }

  bool take_expected(const std::string& folder) override { return problem(folder, true).empty(); }

  /// Every row follows the one before it, or is the first of a connection; a line that was cut in two is none. What was shown stays.
  std::string problem(const std::string& folder, bool is_complete) override {
    const std::string text = read_file(folder + "/out.ndjson");
    if (!text.starts_with(seen_)) return "what was shown is gone";
    seen_ = text;
    int rows = 0;
    int next = 0;
    for (size_t begin = 0; begin < text.size(); ++rows) {
      const size_t end = text.find('\n', begin);
      if (end == std::string::npos) return "the last row has no end";
      const std::string row = text.substr(begin, end - begin);
      if (row != shown_row(next) && row != shown_row(next = 0)) return "neither the first row nor one that follows: " + row;
      ++next;
      begin = end + 1;
    }
    return is_complete && rows != kRowsWanted ? "there are " + std::to_string(rows) + " rows" : "";
  }

 private:
  int port_ = free_local_port();
  RowSender sender_{port_};
  std::string seen_;
};

}  // namespace

std::unique_ptr<FaultJob> make_listen_fault_job() { return std::make_unique<ListenFaultJob>(); }

}  // namespace millrace::recovery
