#include "tests/recovery/local_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

sockaddr_in local_address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

}  // namespace

int listen_locally(int* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = local_address(0);
  socklen_t size = sizeof address;
  (void)::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  (void)::listen(listener, 8);
  (void)::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  *port = ntohs(address.sin_port);
  return listener;
}

int accept_within(int listener, int ms) {
  pollfd wait{listener, POLLIN, 0};
  return ::poll(&wait, 1, ms) > 0 ? ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC) : -1;
}

int free_local_port() {
  int port = 0;
  ::close(listen_locally(&port));
  return port;
}

int connect_locally(int port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local_address(port);
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return connection;
  ::close(connection);
  return -1;
}

std::string read_to_end(int connection, const std::atomic<bool>& stops) {
  std::string text;
  std::array<char, 4096> bytes;
  while (!stops) {
    pollfd wait{connection, POLLIN, 0};
    if (::poll(&wait, 1, 20) <= 0) continue;
    const ssize_t got = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (got <= 0) break;
    text.append(bytes.data(), static_cast<size_t>(got));
  }
  return text;
}

std::vector<std::string> whole_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) lines.push_back(text.substr(begin, end - begin));
  return lines;
}

std::vector<std::string> ConnectionTexts::take() {
  constexpr int kSettleMs = 5000;
  is_asked_ = true;
  for (int waited = 0; is_asked_ && waited < kSettleMs; ++waited) sleep_ms(1);
  return is_asked_ ? std::vector<std::string>{} : std::exchange(texts_, {});
}

LocalServer::LocalServer(Serve serve) : listener_(listen_locally(&port_)), thread_([this, serve = std::move(serve)] {
  while (!stops_) {
    const int connection = accept_within(listener_, 20);
    if (connection < 0) continue;
    serve(connection, stops_);
    ::close(connection);
  }
}) {}

LocalServer::~LocalServer() {
  stops_ = true;
  thread_.join();
  ::close(listener_);
}

}  // namespace millrace::recovery
