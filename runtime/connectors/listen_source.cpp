#include "runtime/connectors/listen_source.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/base/write_all.h"
#include "runtime/connectors/tcp_peer.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

namespace {

constexpr size_t kReceiveBytes = size_t{128} << 10;
/// Lines that are not finished may hold so much together, whatever each may.
constexpr size_t kUnfinishedBytesMax = size_t{256} << 20;
constexpr int64_t kTellAgainNs = 10'000'000'000;

}  // namespace

ListenSource::ListenSource(TcpEndpoint endpoint, const Limits& limits, const ConnectorContext& context)
    : endpoint_(std::move(endpoint)), max_line_(static_cast<size_t>(limits.max_line)), max_clients_(static_cast<size_t>(limits.max_clients)), context_(context),
      received_(kReceiveBytes) {}

ListenSource::~ListenSource() {
  for (const auto& [fd, line] : unfinished_lines_) ::close(fd);
  if (listen_fd_ >= 0) ::close(listen_fd_);
  if (epoll_fd_ >= 0) ::close(epoll_fd_);
}

Status ListenSource::open() {
  auto listening = listen_on(endpoint_);
  if (!listening) return listening.error();
  listen_fd_ = *listening;
  epoll_fd_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) return system_error("epoll");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listen_fd_;
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, listen_fd_, &event) != 0) return system_error("epoll");
  return {};
}

ReadResult ListenSource::read(std::span<char> buffer, int64_t timeout_us) {
  if (!ready_.empty()) return ready_.hand_out(buffer);
  if (!broken_.empty()) return hand_out_broken(buffer);
  if (!wait_readable(context_, epoll_fd_, timeout_us)) return ReadResult::nothing();
  std::array<epoll_event, 64> events;
  int count = ::epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    int fd = events[static_cast<size_t>(i)].data.fd;
    fd == listen_fd_ ? accept_all() : receive_from(fd);
  }
  return ready_.empty() && !broken_.empty() ? hand_out_broken(buffer) : ready_.hand_out(buffer);
}

/// Between other senders' lines, and given up at its end.
ReadResult ListenSource::hand_out_broken(std::span<char> buffer) {
  if (!broken_.front().empty()) return broken_.front().hand_out(buffer);
  broken_.pop_front();
  return ReadResult::cut_off();
}

void ListenSource::accept_all() {
  for (;;) {
    int fd = ::accept4(listen_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && !spare_.refuse_one(listen_fd_, errno)) return;
    if (fd < 0) {
      tell_refused("this process has no descriptors left for further senders");
      continue;
    }
    if (unfinished_lines_.size() >= max_clients_) {
      ::close(fd);
      tell_refused(std::to_string(max_clients_) + " senders are connected, as many as max_clients allows");
      continue;
    }
    notice_vanished_peer(fd, endpoint_.peer_timeout_us);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    if (::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) {
      ::close(fd);
      continue;
    }
    unfinished_lines_[fd];
  }
}

void ListenSource::tell_refused(const std::string& why) {
  ++refused_;
  const int64_t now_ns = steady_clock_ns();
  if (!context_.notice || (told_ns_ != 0 && now_ns - told_ns_ < kTellAgainNs)) return;
  told_ns_ = now_ns;
  context_.notice(endpoint_.text() + ": " + why + "; refused so far: " + std::to_string(refused_));
}

void ListenSource::receive_from(int fd) {
  ssize_t got = ::recv(fd, received_.data(), received_.size(), 0);
  if (got > 0) {
    take_lines(unfinished_lines_[fd], {received_.data(), static_cast<size_t>(got)});
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    drop_sender(fd, got < 0);
  }
}

void ListenSource::take_lines(std::string& unfinished, std::string_view bytes) {
  size_t last = bytes.rfind('\n');
  if (last != std::string_view::npos) {
    ready_.text() += unfinished;
    ready_.text() += bytes.substr(0, last + 1);
    unfinished_bytes_ -= unfinished.size();
    unfinished.clear();
    bytes.remove_prefix(last + 1);
  }
  // One byte more than the limit lets the decoder see that the line is too long.
  size_t room = max_line_ + 1 - std::min(unfinished.size(), max_line_ + 1);
  room = std::min(room, kUnfinishedBytesMax - std::min(unfinished_bytes_, kUnfinishedBytesMax));
  unfinished += bytes.substr(0, room);
  unfinished_bytes_ += std::min(bytes.size(), room);
}

/// `is_broken`: the sender did not end it, so that its last line is not whole.
void ListenSource::drop_sender(int fd, bool is_broken) {
  std::string& unfinished = unfinished_lines_[fd];
  if (!unfinished.empty() && is_broken) {
    broken_.emplace_back().text() = unfinished;
  } else if (!unfinished.empty()) {
    ready_.text() += unfinished;
    ready_.text() += '\n';
  }
  unfinished_bytes_ -= unfinished.size();
  unfinished_lines_.erase(fd);
  ::close(fd);
}

}  // namespace millrace
