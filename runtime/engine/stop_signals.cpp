#include "runtime/engine/stop_signals.h"

#include <csignal>
#include <unistd.h>

namespace millrace {

namespace {

// A signal handler has no parameter to carry it; set while a StopSignals lives.
std::atomic<std::atomic<int>*> g_requests = nullptr;

void on_signal(int signal) {
  std::atomic<int>* requests = g_requests.load();
  if (requests == nullptr || requests->fetch_add(1) > 0) ::_exit(128 + signal);
}

void install(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  ::sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // waits are to be interrupted
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals(std::atomic<int>* requests) {
  g_requests.store(requests);
  install(&on_signal);
}

StopSignals::~StopSignals() {
  install(SIG_DFL);
  g_requests.store(nullptr);
}

}  // namespace millrace
