#pragma once

#include <arpa/inet.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

/// A listening socket on a port that the system chose.
struct Listener {
  int fd = -1;
  int64_t port = 0;

  Listener() {
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd, 8) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  ~Listener() { ::close(fd); }

  void serve(std::string_view text) const {
    int client = ::accept(fd, nullptr, nullptr);
    (void)!::write(client, text.data(), text.size());
    ::close(client);
  }
};

/// A connection to a local port, or -1.
inline int try_to_connect(int64_t port) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

inline int connect_to(int64_t port) {
  int fd = try_to_connect(port);
  REQUIRE(fd >= 0);
  return fd;
}

inline void send_text(int fd, std::string_view text) { REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size())); }

/// From now on the socket's side is as if it had lost its power: the system drops whatever comes for it, and answers nothing.
inline void vanish(int fd) {
  sock_filter drop_all{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &drop_all};
  REQUIRE(::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
}

/// Reads until `wanted` bytes have come or the other side has ended; gives up after some seconds of silence.
inline std::string receive_text(int fd, size_t wanted) {
  std::string all;
  char buffer[4096];
  while (all.size() < wanted) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, 10'000) <= 0) break;
    ssize_t got = ::read(fd, buffer, std::min(sizeof buffer, wanted - all.size()));
    if (got <= 0) break;
    all.append(buffer, static_cast<size_t>(got));
  }
  return all;
}

/// A port that nobody listens at.
inline int64_t free_port() { return Listener().port; }
