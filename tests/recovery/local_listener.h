#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace millrace::recovery {

/// A socket that listens on the loopback's port `*port`, which the system chooses. The caller closes it.
int listen_locally(int* port);
/// A connection that came within so long, -1: none did.
int accept_within(int listener, int ms);
/// A port of the loopback at which nobody listens, for somebody else to.
int free_local_port();
/// A connection to whoever listens at a port of the loopback, -1: nobody does. The caller closes it.
int connect_locally(int port);

/// Serves whoever connects, one peer after the other, in a thread of its own, until it is destroyed.
class LocalServer {
 public:
  /// Serves one connection, which is closed after it.
  using Serve = std::function<void(int connection, const std::atomic<bool>& stops)>;

  explicit LocalServer(Serve serve);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  int port() const { return port_; }

 private:
  int port_ = 0;
  int listener_;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

}  // namespace millrace::recovery
