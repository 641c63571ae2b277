#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "tests/recovery/local_listener.h"
#include "tests/recovery/process.h"
#include "tests/recovery/scenarios.h"

/// A sender that goes on with the next row on each connection. What the job received is what its journal has, which is looked at after each kill; the output
/// must be what one run makes of those bytes.
namespace millrace::recovery {

namespace {

namespace fs = std::filesystem;

constexpr int kRowsAtEnd = 20'000;

class Sender {
 public:
  Sender() : listener_(listen_locally(&port_)) { thread_ = std::thread([this] { serve(); }); }
  ~Sender() {
    stops_ = true;
    thread_.join();
    ::close(listener_);
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  int port() const { return port_; }
  /// The present or next connection gets some more rows and is closed then; nobody is served afterwards.
  void finish() { rows_left_ = kRowsAtEnd; }

 private:
  void serve() {
    while (!stops_ && rows_left_ != 0) {
      const int connection = accept_within(listener_, 20);
      if (connection >= 0) send_rows(connection);
    }
  }

  void send_rows(int connection) {
    while (!stops_ && rows_left_ != 0) {
      std::string rows;
      for (int i = 0; i < 200 && rows_left_ != 0; ++i) {
        rows += "row " + std::to_string(next_row_++) + " of a stream that nobody can read twice\n";
        if (rows_left_ > 0) --rows_left_;
      }
      for (size_t sent = 0; sent < rows.size() && !stops_;) {
        const ssize_t got = ::send(connection, rows.data() + sent, rows.size() - sent, MSG_NOSIGNAL);
        if (got < 0) {
          ::close(connection);
          return;
        }
        sent += static_cast<size_t>(got);
      }
    }
    ::shutdown(connection, SHUT_WR);
    char byte;
    while (!stops_ && ::recv(connection, &byte, 1, 0) > 0) {
    }
    ::close(connection);
  }

  int port_ = 0;
  int listener_;
  std::atomic<bool> stops_ = false;
  std::atomic<int> rows_left_ = -1;  ///< -1: no end in sight
  int64_t next_row_ = 0;
  std::thread thread_;
};

/// What a journal has been seen to hold.
struct Received {
  std::map<int64_t, std::string> records;  ///< by place
  std::set<int64_t> cuts;                  ///< places at which the line begun last was given up
};

/// The whole records of the journal's segments. A record is its size, or a mark, its checksum, its bytes.
void collect(const std::string& journal, Received& received) {
  constexpr uint32_t kCutMark = UINT32_MAX;
  if (!fs::exists(journal)) return;
  for (const auto& entry : fs::directory_iterator(journal)) {
    const std::string bytes = read_file(entry.path().string());
    int64_t place = std::stoll(entry.path().filename().string());
    for (size_t at = 0; at + 8 <= bytes.size();) {
      uint32_t size = 0;
      std::memcpy(&size, bytes.data() + at, sizeof size);
      if (size == kCutMark) {
        received.cuts.insert(place);
        at += 8;
        continue;
      }
      if (size == 0 || at + 8 + size > bytes.size()) break;
      received.records[place] = bytes.substr(at + 8, size);
      place += size;
      at += 8 + size;
    }
  }
}

/// All that was received but lines that were given up. Adds to `problem` when something is missing.
std::string lines_of(const Received& received, std::string& problem) {
  std::string lines;
  int64_t end = 0;
  for (const auto& [place, text] : received.records) {
    if (place != end) problem += "the journal has a gap at " + std::to_string(end) + "; ";
    if (received.cuts.contains(place)) lines.resize(lines.rfind('\n') + 1);  // to nothing where there is none
    lines += text;
    end = place + static_cast<int64_t>(text.size());
  }
  if (received.cuts.contains(end)) lines.resize(lines.rfind('\n') + 1);
  return lines;
}

std::string script(const std::string& source) {
  return "CREATE STREAM s " + source + ";\nCREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json');\n" +
         "INSERT INTO out SELECT value, length(value) AS size FROM s;\n";
}

}  // namespace

Outcome run_socket(const Setting& setting, int kills_max) {
  Outcome outcome;
  const std::string folder = setting.folder + "/socket";
  fs::create_directories(folder);
  Sender sender;
  write_file(folder + "/job.sql",
             script("WITH (connector = 'socket', host = '127.0.0.1', port = " + std::to_string(sender.port()) + ", durable = true)"));
  const std::vector<std::string> words{setting.millrace, "run", folder + "/job.sql", "--checkpoint", folder + "/checkpoints",
                                       "--checkpoint-interval", "30ms", "--threads", std::to_string(setting.threads)};
  Received received;
  while (outcome.kills < kills_max) {
    Process process(words, folder + "/log");
    if (process.ended_within_ms(patience_ms(setting, 200))) {
      outcome.problem = "a run ended by itself:\n" + read_file(folder + "/log");
      return outcome;
    }
    process.kill();
    ++outcome.kills;
    collect(folder + "/checkpoints/journal-s", received);
  }
  sender.finish();
  Process last(words, folder + "/log");
  if (!last.ended_within_ms(60'000) || last.status() != 0) outcome.problem = "the last run did not end well; ";
  collect(folder + "/checkpoints/journal-s", received);

  const std::string bytes = lines_of(received, outcome.problem);
  const std::string whole = setting.folder + "/whole_socket";
  fs::create_directories(whole);
  write_file(whole + "/received.txt", bytes);
  write_file(whole + "/job.sql", script("WITH (connector = 'file', path = 'received.txt', format = 'text')"));
  Process reference({setting.millrace, "run", whole + "/job.sql"}, whole + "/log");
  if (!reference.ended_within_ms(60'000) || reference.status() != 0) outcome.problem += "the uninterrupted run failed; ";
  if (read_file(folder + "/out.ndjson") != read_file(whole + "/out.ndjson")) outcome.problem += "the output is not that of what was received";
  if (bytes.empty()) outcome.problem += "nothing was received";
  outcome.problem += problem_of_checkpoints(folder + "/checkpoints", folder + "/log");
  if (!outcome.problem.empty()) outcome.problem += "\n" + read_file(folder + "/log");
  return outcome;
}

}  // namespace millrace::recovery
