#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::recovery {

/// A socket that listens on the loopback's port `*port`, which the system chooses. The caller closes it.
int listen_locally(int* port);
/// A connection that came within so long, -1: none did.
int accept_within(int listener, int ms);
/// A port of the loopback at which nobody listens, for somebody else to.
int free_local_port();
/// A connection to whoever listens at a port of the loopback, -1: nobody does. The caller closes it.
int connect_locally(int port);

/// All that the other side sends until it closes; what has come so far when `stops`.
std::string read_to_end(int connection, const std::atomic<bool>& stops);
/// What has no end was cut off, as its reader can see, and is none of them.
std::vector<std::string> whole_lines(const std::string& text);

/// The text of each connection by itself, kept by a thread that reads them for another one.
class ConnectionTexts {
 public:
  /// The reading thread: a connection has been read to its end.
  void add(std::string text) { texts_.push_back(std::move(text)); }
  /// The reading thread: there is no connection.
  void settle() { is_asked_ = false; }
  /// What was added since the last call, once the reading thread has settled. Nothing when it does not.
  std::vector<std::string> take();

 private:
  std::vector<std::string> texts_;  ///< the reading thread's, but for while it has been asked and has settled
  std::atomic<bool> is_asked_ = false;
};

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
