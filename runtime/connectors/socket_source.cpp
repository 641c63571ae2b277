#include "runtime/connectors/socket_source.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/base/clock.h"
#include "runtime/connectors/tcp_connect.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int64_t kWaitUs = 100'000;
// Blocking costs some 25 microseconds of wake-up; a sender that keeps sending is met sooner by looking again.
constexpr int64_t kSpinNs = 30'000;

}  // namespace

SocketSource::~SocketSource() { disconnect(); }

void SocketSource::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status SocketSource::open() {
  // A host that does not exist will not come by waiting.
  auto known = resolve(options_.endpoint, false);
  if (!known) return known.error();
  auto connected = connect_within(options_.endpoint, options_.connect_timeout_us, context_);
  if (!connected) return connected.error();
  use(*connected);
  return {};
}

void SocketSource::use(int fd) {
  fd_ = fd;
  line_is_open_ = false;
  has_received_ = false;
  error_ = 0;
}

ReadResult SocketSource::read(std::span<char> buffer, int64_t timeout_us) {
  return fd_ >= 0 ? receive(buffer, timeout_us) : reconnect_within(timeout_us);
}

ReadResult SocketSource::receive(std::span<char> buffer, int64_t timeout_us) {
  int64_t spin_until = timeout_us == 0 ? 0 : steady_clock_ns() + kSpinNs;
  bool has_waited = false;
  for (;;) {
    ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      has_received_ = true;
      line_is_open_ = buffer[static_cast<size_t>(got) - 1] != '\n';
      return ReadResult::data(static_cast<size_t>(got));
    }
    if (got == 0) return lost(buffer, 0);
    if (errno == EINTR) return ReadResult::nothing();
    if (errno != EAGAIN) return lost(buffer, errno);
    if (timeout_us == 0 || has_waited) return ReadResult::nothing();
    if (steady_clock_ns() < spin_until) continue;
    has_waited = true;
    if (!wait_readable(context_, fd_, timeout_us)) return ReadResult::nothing();
  }
}

/// `error`: errno; 0: the other side has closed the connection, which is how a stream, and its last line, ends. One that was broken has not ended: who starts the job again goes on.
ReadResult SocketSource::lost(std::span<char> buffer, int error) {
  if (error != 0) error_ = error;  // the system tells it once
  if (line_is_open_) {  // and the end is told with the next read
    line_is_open_ = false;
    if (error_ != 0) return ReadResult::cut_off();  // who knows what it would have been
    buffer[0] = '\n';
    return ReadResult::data(1);
  }
  const std::string why = error_ == 0 ? "the connection was closed" : std::strerror(error_);
  if (!options_.reconnect && error_ == 0) return ReadResult::end();
  if (!options_.reconnect) return ReadResult::failed(Status::error("the connection to " + options_.endpoint.text() + " was lost: " + why));
  disconnect();
  if (context_.notice) context_.notice(options_.endpoint.text() + ": " + why + "; connecting again");
  if (has_received_) pause_us_ = 0;  // else it only accepts to close again
  attempt_later();
  return ReadResult::nothing();
}

ReadResult SocketSource::reconnect_within(int64_t timeout_us) {
  int64_t until_attempt_us = attempt_ ? 0 : std::max<int64_t>((next_attempt_ns_ - steady_clock_ns()) / 1000, 0);
  if (timeout_us >= 0 && timeout_us < until_attempt_us) {
    sleep_us(context_, timeout_us);
    return ReadResult::nothing();
  }
  sleep_us(context_, until_attempt_us);
  if (context_.stopping()) return ReadResult::nothing();
  if (!attempt_) attempt_.emplace(options_.endpoint);
  // It may take a far host longer than this read may last: the attempt then goes on with the next read.
  ConnectAttempt::State state = attempt_->advance(timeout_us < 0 ? kWaitUs : std::min(timeout_us, kWaitUs));
  if (state == ConnectAttempt::State::UnderWay) return ReadResult::nothing();
  if (state == ConnectAttempt::State::Connected) {
    use(attempt_->take_fd());
    if (context_.notice) context_.notice(options_.endpoint.text() + ": connected again");
  } else {
    attempt_later();
  }
  attempt_.reset();
  return ReadResult::nothing();
}

/// The first time at once, then after growing pauses.
void SocketSource::attempt_later() {
  next_attempt_ns_ = steady_clock_ns() + pause_us_ * 1000;
  pause_us_ = std::clamp(pause_us_ * 2, kFirstRetryPauseUs, kLongestRetryPauseUs);
}

}  // namespace millrace
