// The least that a program between two sockets can do: takes what has come, looks for the ends of its lines and passes the whole ones on.
//
//   echo HOST_PORT_IN HOST_PORT_OUT      ports of 127.0.0.1 that somebody listens on
//
// What a query's latency is measured by.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    perror("echo: connect");
    exit(1);
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

bool send_all(int fd, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: echo PORT_IN PORT_OUT\n");
    return 2;
  }
  const int in = connect_to(atoi(argv[1]));
  const int out = connect_to(atoi(argv[2]));
  std::vector<char> buffer(size_t{256} << 10);
  size_t held = 0;
  for (;;) {
    const ssize_t got = recv(in, buffer.data() + held, buffer.size() - held, 0);
    if (got <= 0) return 0;
    held += static_cast<size_t>(got);
    size_t whole = 0;
    for (const char* p = buffer.data(); (p = static_cast<const char*>(memchr(p, '\n', held - static_cast<size_t>(p - buffer.data())))) != nullptr;) {
      whole = static_cast<size_t>(++p - buffer.data());
    }
    if (whole == 0) continue;
    if (!send_all(out, buffer.data(), whole)) return 0;
    memmove(buffer.data(), buffer.data() + whole, held - whole);
    held -= whole;
  }
}
