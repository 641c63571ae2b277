#include "runtime/connectors/tcp_address.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace millrace {

Result<AddressList> resolve(const TcpEndpoint& endpoint, bool to_listen) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV | (to_listen ? AI_PASSIVE : 0);
  addrinfo* found = nullptr;
  int outcome = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &wanted, &found);
  if (outcome != 0) return Status::error("cannot find host '" + endpoint.host + "': " + ::gai_strerror(outcome));
  return AddressList(found, &::freeaddrinfo);
}

Result<int> listen_on(const TcpEndpoint& endpoint) {
  auto addresses = resolve(endpoint, true);
  if (!addresses) return addresses.error();
  int why = 0;
  for (const addrinfo* at = addresses->get(); at != nullptr; at = at->ai_next) {
    int fd = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(fd, at->ai_addr, at->ai_addrlen) == 0 && ::listen(fd, SOMAXCONN) == 0) return fd;
    why = errno;
    ::close(fd);
  }
  return Status::error("cannot listen on " + endpoint.text() + ": " + std::strerror(why));
}

}  // namespace millrace
