#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "bench/queries/child_process.h"

/// Sockets between a measuring program and the program that it measures, each on a processor of its own.
namespace millrace::bench {

/// Of the steady clock.
int64_t now_ns();

/// Keeps this thread on one processor.
void stay_on(int processor);

/// A socket of this machine that listens on a port of the system's choice, for one connection.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const std::string& port() const { return port_; }
  /// The connection; waits for it the first time.
  int client();

 private:
  int fd_ = -1;
  int client_ = -1;
  std::string port_;
};

/// Starts a program on a processor; what it says goes to a file. The caller kills it and waits for it.
pid_t start_on(int processor, const Words& words, const std::string& error_file);

}  // namespace millrace::bench
