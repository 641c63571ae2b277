#include "runtime/connectors/socket_sink.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/connectors/discard_received.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/tcp_connect.h"
#include "runtime/connectors/tcp_peer.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr int kLookForStopMs = 100;
constexpr int64_t kLookForArrivalUs = 500;
/// How long a job that is to stop still waits for a reader.
constexpr int64_t kGraceNs = 2'000'000'000;

}  // namespace

SocketSink::~SocketSink() { disconnect(); }

void SocketSink::disconnect() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  sent_bytes_ = 0;
  header_due_ = true;
}

Status SocketSink::open() {
  auto known = resolve(options_.endpoint, false);  // a host that does not exist will not come by waiting
  if (!known) return known.error();
  auto connected = connect_within(options_.endpoint, options_.connect_timeout_us, context_);
  if (!connected) return connected.error();
  fd_ = *connected;
  return {};
}

std::optional<std::string> SocketSink::position() const {
  if (unconfirmed_.empty()) return std::nullopt;
  PlaceText place;
  for (const Sent& batch : unconfirmed_) place.add(batch.rows);
  return place.take();
}

Status SocketSink::resume(std::string_view position) {
  PlaceReader place(position);
  while (place.ok() && !place.at_end()) unconfirmed_.push_back({place.text()});
  if (!place.ok()) return place.status();
  Status opened = open();
  if (!opened.ok() || send_again()) return opened;
  return send_or_connect_again({}, INT64_MAX);
}

SinkResult SocketSink::write(const SinkBatch& batch) {
  std::string_view rows = text_.render(batch);
  if (rows.empty()) return {};
  Status sent = send_or_connect_again(rows, INT64_MAX);
  return {sent.ok() ? SinkOutcome::Written : SinkOutcome::Failed, sent};
}

/// `rows` may be empty: then what is not known to have arrived is sent, if there is no connection.
Status SocketSink::send_or_connect_again(std::string_view rows, int64_t give_up_ns) {
  for (;;) {
    if (fd_ >= 0 && is_lost()) disconnect();  // behind the last batch, with which all may have seemed well
    if (fd_ >= 0 && send_rows(rows)) return {};
    if (!options_.reconnect || context_.stopping()) return lost();
    Status again = connect_again(give_up_ns);
    if (!again.ok()) return again;
    if (!send_again()) disconnect();
  }
}

/// Whether the connection has broken, as the system tells it.
bool SocketSink::is_lost() {
  if (!is_broken(fd_)) return false;
  const int error = broken_by(fd_);
  why_lost_ = error == 0 ? "the reader has closed it" : std::strerror(error);
  forget_arrived();
  return true;
}

int64_t SocketSink::bytes_unconfirmed() const {
  int64_t bytes = 0;
  for (const Sent& batch : unconfirmed_) bytes += static_cast<int64_t>(batch.rows.size());
  return bytes;
}

Status SocketSink::lost() const {
  const int64_t bytes = bytes_unconfirmed();
  std::string why = "the connection to " + options_.endpoint.text() + " was lost: " + why_lost_;
  if (bytes > 0) why += "; " + std::to_string(bytes) + " bytes of earlier batches may not have arrived";
  return Status::error(why);
}

bool SocketSink::send_rows(std::string_view rows) {
  if (rows.empty()) return true;
  std::string with_header = header_due_ ? text_.header() : std::string();
  if (!send_all(with_header.empty() ? rows : std::string_view(with_header.append(rows)))) return false;
  header_due_ = false;
  forget_arrived();
  if (unconfirmed_bytes(fd_) != 0) unconfirmed_.push_back({std::string(rows), sent_bytes_});
  return true;
}

/// What may not have arrived, over a new connection.
bool SocketSink::send_again() {
  for (Sent& batch : unconfirmed_) {
    const std::string header = header_due_ ? text_.header() : std::string();
    if (!send_all(header) || !send_all(batch.rows)) return false;
    header_due_ = false;
    batch.end = sent_bytes_;
  }
  return true;
}

void SocketSink::forget_arrived() {
  const int64_t waiting = unconfirmed_bytes(fd_);
  while (waiting >= 0 && !unconfirmed_.empty() && unconfirmed_.front().end <= sent_bytes_ - waiting) unconfirmed_.pop_front();
}

/// False when the connection is lost, or the reader does not read and the job is to stop.
bool SocketSink::send_all(std::string_view text) {
  int64_t give_up_ns = INT64_MAX;
  while (!text.empty()) {
    ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      text.remove_prefix(static_cast<size_t>(sent));
      sent_bytes_ += sent;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) {
      why_lost_ = std::strerror(errno);
      forget_arrived();
      return false;
    }
    if (is_given_up(&give_up_ns)) return false;
    pollfd ready{fd_, POLLOUT, 0};
    ::poll(&ready, 1, kLookForStopMs);
  }
  return true;
}

/// Whether there is no use in waiting for the reader any more: it is not there, or the job is to stop and has waited.
bool SocketSink::is_given_up(int64_t* give_up_ns) {
  if (peer_has_vanished(fd_, options_.endpoint.peer_timeout_us)) {
    why_lost_ = "the reader does not answer any more";
    return true;
  }
  if (!context_.stopping()) return false;
  const int64_t now = steady_clock_ns();
  *give_up_ns = std::min(*give_up_ns, now + kGraceNs);
  if (now < *give_up_ns) return false;
  why_lost_ = "the reader does not read";
  return true;
}

Status SocketSink::connect_again(int64_t give_up_ns) {
  disconnect();
  if (context_.notice) context_.notice(options_.endpoint.text() + ": " + why_lost_ + "; connecting again");
  for (int64_t pause_us = kFirstRetryPauseUs;; pause_us = std::min(pause_us * 2, kLongestRetryPauseUs)) {
    auto connected = connect_once(options_.endpoint, kLongestRetryPauseUs, context_);
    if (connected) {
      fd_ = *connected;
      if (context_.notice) context_.notice(options_.endpoint.text() + ": connected again");
      return {};
    }
    if (context_.stopping()) return connected.error();
    if (steady_clock_ns() >= give_up_ns) return lost();
    sleep_us(context_, pause_us);
  }
}

/// Of the end of what is sent, too. False when the connection is lost. A reader who is there and does not read is left to the system, which goes on sending.
bool SocketSink::has_taken_all() {
  ::shutdown(fd_, SHUT_WR);
  int64_t give_up_ns = INT64_MAX;
  int64_t progress_ns = steady_clock_ns();
  int64_t least = INT64_MAX;
  for (int64_t waiting = unconfirmed_bytes(fd_); waiting > 0; waiting = unconfirmed_bytes(fd_)) {
    (void)discard_received(fd_);
    if (is_lost()) return unconfirmed_.empty();
    if (is_given_up(&give_up_ns)) return false;
    if (waiting < std::exchange(least, std::min(least, waiting))) progress_ns = steady_clock_ns();
    if (steady_clock_ns() - progress_ns > options_.connect_timeout_us * 1000) {
      if (context_.notice) context_.notice(options_.endpoint.text() + ": the reader has not taken the last " + std::to_string(waiting) + " bytes yet");
      break;
    }
    sleep_us({}, kLookForArrivalUs);
  }
  unconfirmed_.clear();
  return true;
}

Status SocketSink::close() {
  if (fd_ < 0) return {};
  const int64_t give_up_ns = steady_clock_ns() + options_.connect_timeout_us * 1000;
  while (!has_taken_all()) {
    disconnect();
    if (!options_.reconnect || context_.stopping()) return lost();
    Status sent = send_or_connect_again({}, give_up_ns);
    if (!sent.ok()) return sent;
  }
  (void)discard_received(fd_);
  disconnect();
  return {};
}

}  // namespace millrace
