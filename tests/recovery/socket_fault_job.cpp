#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <filesystem>

#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/local_listener.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kRowsSent = 400;
constexpr int kRowsOfPiece = 50;

std::string row_text(int number) { return "row " + std::to_string(number) + " of a stream that nobody can read twice"; }

/// What the job makes of one row.
std::string shown(std::string_view row) { return "{\"value\":\"" + std::string(row) + "\",\"size\":" + std::to_string(row.size()) + "}\n"; }

/// All rows, in pieces.
void send_rows(int connection, const std::atomic<bool>& stops) {
  for (int row = 0; row < kRowsSent;) {
    std::string piece;
    for (int i = 0; i < kRowsOfPiece; ++i) piece += row_text(row++) + "\n";
    if (::send(connection, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return;
    sleep_ms(1);
  }
  ::shutdown(connection, SHUT_WR);
  pollfd wait{connection, POLLIN, 0};
  char byte;
  while (!stops && (::poll(&wait, 1, 20) == 0 || ::recv(connection, &byte, 1, 0) > 0)) {
  }
}

class SocketFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "durable socket"; }
  bool has_peers() const override { return true; }

  void make(const std::string& folder) override {
    write_file(folder + "/job.sql", "CREATE STREAM s WITH (connector = 'socket', host = '127.0.0.1', port = " + std::to_string(sender_.port()) +
                                        ", durable = true, retry_for = '300ms', connect_timeout = '2 seconds');\n"
                                        "CREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json', retry_for = '300ms');\n"
                                        "INSERT INTO out SELECT value, length(value) AS size FROM s;\n");
    seen_.clear();
  }

  bool take_expected(const std::string& folder) override {
    whole_.clear();
    for (int row = 0; row < kRowsSent; ++row) whole_ += shown(row_text(row));
    return read_file(folder + "/out.ndjson") == whole_;
  }

  /// A run that failed has shown a front of the rows. The next one shows them again and goes on with what else the first has received; then all rows
  /// come, as they are sent anew, unless the first had received their end as well.
  std::string problem(const std::string& folder, bool is_complete) override {
    const std::string text = read_file(folder + "/out.ndjson");
    if (!is_complete) {
      seen_ = text;
      return is_front(text) ? "" : "what a run that failed has shown is no front of the rows";
    }
    if (!text.starts_with(seen_.substr(0, seen_.rfind('\n') + 1))) return "what was shown is gone";
    if (text == whole_) return "";
    return text.ends_with(whole_) && is_front(text.substr(0, text.size() - whole_.size())) ? "" : "these are not the rows: " + std::to_string(text.size()) + " bytes";
  }

 private:
  /// Rows from the first one on. One that was cut short when the connection was is not shown.
  bool is_front(const std::string& text) const { return whole_.starts_with(text) && (text.empty() || text.back() == '\n'); }

  LocalServer sender_{send_rows};
  std::string whole_;  ///< what is shown of all rows
  std::string seen_;   ///< behind the run that failed
};

}  // namespace

std::unique_ptr<FaultJob> make_socket_fault_job() { return std::make_unique<SocketFaultJob>(); }

}  // namespace millrace::recovery
