#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace millrace {

/// A descriptor that is kept for when a process has no other left: a connection that cannot be accepted stays in front of a listener, which would say time and again that it is ready. With
/// this one it is accepted and closed. One thread.
class SpareDescriptor {
 public:
  SpareDescriptor() : fd_(take()) {}
  ~SpareDescriptor() { give(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  /// After an accept that failed with this errno: whether it was for want of descriptors, and a connection was refused so.
  bool refuse_one(int listener, int error) {
    if ((error != EMFILE && error != ENFILE) || fd_ < 0) return false;
    give();
    const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) ::close(connection);
    fd_ = take();
    return connection >= 0;
  }

 private:
  static int take() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
  void give() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  int fd_;
};

}  // namespace millrace
