#include "bench/queries/loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <vector>

namespace millrace::bench {

int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

void stay_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  sched_setaffinity(0, sizeof set, &set);
}

Listener::Listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd_, 1) != 0) fail("cannot listen");
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = std::to_string(ntohs(address.sin_port));
}

Listener::~Listener() {
  if (client_ >= 0) close(client_);
  close(fd_);
}

int Listener::client() {
  if (client_ >= 0) return client_;
  client_ = accept(fd_, nullptr, nullptr);
  const int on = 1;
  setsockopt(client_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return client_;
}

pid_t start_on(int processor, const Words& words, const std::string& error_file) {
  const pid_t child = fork();
  if (child != 0) return child;
  stay_on(processor);
  if (freopen(error_file.c_str(), "w", stderr) == nullptr) _exit(127);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

}  // namespace millrace::bench
