#include "compiler/driver/shell/pipe_console.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/write_all.h"

namespace millrace {
namespace {

constexpr int kLookAgainMs = 100;  // at the interrupts, which may have come just before the wait

}  // namespace

Console::Outcome PipeConsole::read_line(const std::string&, std::string& line) {
  char buffer[16384];
  while (!take_line(line)) {
    if (interrupts_->load() != 0) return Outcome::Interrupted;
    if (has_ended_) return Outcome::End;
    pollfd input{input_fd_, POLLIN, 0};
    if (poll(&input, 1, kLookAgainMs) <= 0) continue;
    const ssize_t got = read(input_fd_, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) has_ended_ = true;
    else received_.append(buffer, static_cast<size_t>(got));
  }
  return Outcome::Line;
}

/// The last line needs no end.
bool PipeConsole::take_line(std::string& line) {
  const size_t end = received_.find('\n');
  if (end == std::string::npos && !(has_ended_ && !received_.empty())) return false;
  line = received_.substr(0, end);
  if (line.ends_with('\r')) line.pop_back();
  received_.erase(0, end == std::string::npos ? received_.size() : end + 1);
  return true;
}

bool PipeConsole::print(std::string_view rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  return write_all(STDOUT_FILENO, rows.data(), rows.size()) != WriteOutcome::ReaderGone;
}

void PipeConsole::tell(std::string_view message) {
  std::lock_guard<std::mutex> lock(mutex_);
  (void)write_all(STDERR_FILENO, message.data(), message.size());
}

}  // namespace millrace
