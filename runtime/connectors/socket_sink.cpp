#include "runtime/connectors/socket_sink.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/connectors/discard_received.h"
#include "runtime/connectors/tcp_connect.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int kLookForStopMs = 100;
/// How long a job that is to stop still waits for a reader.
constexpr int64_t kGraceNs = 2'000'000'000;

}  // namespace

SocketSink::~SocketSink() { disconnect(); }

void SocketSink::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Status SocketSink::open() {
  auto known = resolve(options_.endpoint, false);  // a host that does not exist will not come by waiting
  if (!known) return known.error();
  auto connected = connect_within(options_.endpoint, options_.connect_timeout_us, context_);
  if (!connected) return connected.error();
  fd_ = *connected;
  return {};
}

SinkResult SocketSink::write(const SinkBatch& batch) {
  std::string_view rows = text_.render(batch);
  if (rows.empty()) return {};
  for (;;) {
    std::string with_header;
    if (header_due_) with_header = text_.header();
    std::string_view text = with_header.empty() ? rows : std::string_view(with_header.append(rows));
    if (fd_ >= 0 && send_all(text)) {
      header_due_ = false;
      return {};
    }
    if (!options_.reconnect || context_.stopping()) break;
    Status again = connect_again();
    if (!again.ok()) return {SinkOutcome::Failed, again};
  }
  return {SinkOutcome::Failed, Status::error("the connection to " + options_.endpoint.text() + " was lost: " + why_lost_)};
}

/// False when the connection is lost, or the reader does not read and the job is to stop.
bool SocketSink::send_all(std::string_view text) {
  int64_t give_up_ns = INT64_MAX;
  while (!text.empty()) {
    ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      text.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      why_lost_ = std::strerror(errno);
      return false;
    }
    if (context_.stopping()) {
      int64_t now = steady_clock_ns();
      give_up_ns = std::min(give_up_ns, now + kGraceNs);
      if (now >= give_up_ns) {
        why_lost_ = "the reader does not read";
        return false;
      }
    }
    pollfd ready{fd_, POLLOUT, 0};
    ::poll(&ready, 1, kLookForStopMs);
  }
  return true;
}

Status SocketSink::connect_again() {
  disconnect();
  header_due_ = true;
  if (context_.notice) context_.notice(options_.endpoint.text() + ": " + why_lost_ + "; connecting again");
  for (int64_t pause_us = kFirstRetryPauseUs;; pause_us = std::min(pause_us * 2, kLongestRetryPauseUs)) {
    auto connected = connect_once(options_.endpoint, kLongestRetryPauseUs, context_);
    if (connected) {
      fd_ = *connected;
      if (context_.notice) context_.notice(options_.endpoint.text() + ": connected again");
      return {};
    }
    if (context_.stopping()) return connected.error();
    sleep_us(context_, pause_us);
  }
}

Status SocketSink::close() {
  if (fd_ < 0) return {};
  ::shutdown(fd_, SHUT_WR);
  (void)discard_received(fd_);
  disconnect();
  return {};
}

}  // namespace millrace
