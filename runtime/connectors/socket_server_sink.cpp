#include "runtime/connectors/socket_server_sink.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <vector>

#include "runtime/base/write_all.h"
#include "runtime/connectors/discard_received.h"
#include "runtime/connectors/tcp_peer.h"

namespace millrace {

namespace {

constexpr int kLookAgainMs = 100;

std::string name_of(const sockaddr_storage& address, socklen_t size) {
  std::array<char, NI_MAXHOST> host;
  std::array<char, NI_MAXSERV> port;
  int outcome = ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host.data(), host.size(), port.data(), port.size(),
                              NI_NUMERICHOST | NI_NUMERICSERV);
  return outcome == 0 ? std::string(host.data()) + ":" + port.data() : "a client";
}

}  // namespace

SocketServerSink::SocketServerSink(const abi::QuerySpec& query, SocketServerSinkOptions options, const ConnectorContext& context)
    : text_(query), options_(std::move(options)), context_(context) {}

SocketServerSink::~SocketServerSink() { (void)close(); }

Status SocketServerSink::open() {
  header_ = std::make_shared<const std::string>(text_.header());
  auto listening = listen_on(options_.endpoint);
  if (!listening) return listening.error();
  listen_fd_ = *listening;
  wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd_ < 0) return system_error("eventfd");
  server_ = std::thread([this] { serve(); });
  return {};
}

SinkResult SocketServerSink::write(const SinkBatch& batch) {
  std::string_view rows = text_.render(batch);
  if (rows.empty()) return {};
  std::unique_lock<std::mutex> lock(mutex_);
  accept_all();  // who connected before now gets this batch
  if (clients_.empty()) {
    rows_unheard_ += batch.rows->row_count;
    return {};
  }
  auto text = std::make_shared<const std::string>(rows);
  for (Client& client : clients_) queue(client, text);
  drop_gone();
  wake_server();
  wait_for_clients(lock, options_.client_buffer);
  return {};
}

/// Texts wait for all who were there when they came: who has most waiting has those of all others.
int64_t SocketServerSink::memory_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  int64_t most = 0;
  for (const Client& client : clients_) most = std::max(most, client.waiting_bytes);
  return most;
}

void SocketServerSink::queue(Client& client, const SharedText& text) {
  if (client.waiting.empty()) client.progress_ns = steady_clock_ns();
  client.waiting.push_back(text);
  client.waiting_bytes += static_cast<int64_t>(text->size());
  send_waiting(client);
}

void SocketServerSink::send_waiting(Client& client) {
  while (!client.waiting.empty()) {
    std::string_view rest = std::string_view(*client.waiting.front()).substr(client.sent_of_front);
    ssize_t sent = ::send(client.fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      client.gone = errno != EAGAIN;
      return;
    }
    client.progress_ns = steady_clock_ns();
    client.waiting_bytes -= sent;
    client.sent_of_front += static_cast<size_t>(sent);
    if (client.sent_of_front < client.waiting.front()->size()) continue;
    client.waiting.pop_front();
    client.sent_of_front = 0;
  }
}

void SocketServerSink::drop_gone() {
  clients_.remove_if([this](const Client& client) {
    if (!client.gone) return false;
    const bool missed_any = client.waiting_bytes > 0 || unconfirmed_bytes(client.fd) > 0;
    if (missed_any && !client.was_told) ++cut_off_;
    ::close(client.fd);
    return true;
  });
}

bool SocketServerSink::any_above(int64_t bytes) const {
  return std::any_of(clients_.begin(), clients_.end(), [bytes](const Client& client) { return client.waiting_bytes > bytes; });
}

/// Until none has more than `bytes` waiting; those that stall are dropped meanwhile, so it ends.
void SocketServerSink::wait_for_clients(std::unique_lock<std::mutex>& lock, int64_t bytes) {
  while (any_above(bytes)) {
    progress_.wait_for(lock, std::chrono::milliseconds(kLookAgainMs));
    check_stalled(steady_clock_ns());
  }
}

void SocketServerSink::check_stalled(int64_t now_ns) {
  for (Client& client : clients_) {
    if (client.waiting.empty() || now_ns - client.progress_ns < options_.client_timeout_us * 1000) continue;
    client.gone = client.was_told = true;
    if (context_.notice) {
      context_.notice(options_.endpoint.text() + ": " + client.name + " did not read and was disconnected; it missed " +
                      std::to_string(client.waiting_bytes) + " bytes so far");
    }
  }
  drop_gone();
}

void SocketServerSink::accept_all() {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    int fd = ::accept4(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && !spare_.refuse_one(listen_fd_, errno)) return;
    if (fd < 0) {
      tell_refused("a client", "this process has no descriptors left");
      continue;
    }
    if (static_cast<int64_t>(clients_.size()) >= options_.max_clients) {
      ::close(fd);
      tell_refused(name_of(address, size), std::to_string(options_.max_clients) + " clients are connected, as many as max_clients allows");
      continue;
    }
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    notice_vanished_peer(fd, options_.endpoint.peer_timeout_us);
    // What the system has taken and cannot pass on is no more of use to a client than what waits here.
    drop_stalled_peer(fd, std::max(options_.endpoint.peer_timeout_us, options_.client_timeout_us));
    Client& client = clients_.emplace_back();
    client.fd = fd;
    client.name = name_of(address, size);
    if (!header_->empty()) queue(client, header_);
  }
}

void SocketServerSink::tell_refused(const std::string& name, const std::string& why) {
  if (refused_++ > 0 || !context_.notice) return;
  context_.notice(options_.endpoint.text() + ": " + name + " was refused: " + why + "; further ones are refused without a word");
}

void SocketServerSink::wake_server() {
  uint64_t one = 1;
  (void)!::write(wake_fd_, &one, sizeof one);
}

/// The server's thread. What poll says of descriptors is only a reason to look: they may be others' by the time the mutex is taken.
void SocketServerSink::serve() {
  std::vector<pollfd> descriptors;
  for (;;) {
    descriptors = {{listen_fd_, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (closing_) return;
      for (const Client& client : clients_) {
        int events = (client.speaks ? POLLIN : 0) | (client.waiting.empty() ? 0 : POLLOUT);
        descriptors.push_back({client.fd, static_cast<short>(events), 0});
      }
    }
    ::poll(descriptors.data(), descriptors.size(), kLookAgainMs);
    uint64_t wakes = 0;
    (void)!::read(wake_fd_, &wakes, sizeof wakes);
    std::lock_guard<std::mutex> lock(mutex_);
    for (Client& client : clients_) {
      client.speaks = client.speaks && discard_received(client.fd);
      client.gone = is_broken(client.fd);
      if (!client.gone) send_waiting(client);
    }
    drop_gone();
    accept_all();
    check_stalled(steady_clock_ns());
    progress_.notify_all();
  }
}

Status SocketServerSink::close() {
  if (listen_fd_ < 0) return {};
  {
    std::unique_lock<std::mutex> lock(mutex_);
    wait_for_clients(lock, 0);
    closing_ = true;
  }
  if (wake_fd_ >= 0) wake_server();
  if (server_.joinable()) server_.join();
  for (Client& client : clients_) {
    ::shutdown(client.fd, SHUT_WR);
    (void)discard_received(client.fd);
    ::close(client.fd);
  }
  clients_.clear();
  if (wake_fd_ >= 0) ::close(wake_fd_);
  ::close(std::exchange(listen_fd_, -1));
  if (refused_ > 1 && context_.notice) context_.notice(options_.endpoint.text() + ": " + std::to_string(refused_) + " connections were refused");
  if (cut_off_ > 0 && context_.notice) {
    context_.notice(options_.endpoint.text() + ": " + std::to_string(cut_off_) + (cut_off_ == 1 ? " client" : " clients") +
                    " went away before all that had been sent was there");
  }
  if (rows_unheard_ > 0 && context_.notice) {
    context_.notice(options_.endpoint.text() + ": " + std::to_string(rows_unheard_) + " rows came while nobody was connected");
  }
  return {};
}

}  // namespace millrace
