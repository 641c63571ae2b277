#include "compiler/driver/shell/interrupts.h"

#include <csignal>

namespace millrace {
namespace {

// A signal handler has no parameter to carry it; set while an Interrupts lives.
std::atomic<std::atomic<int>*> g_counter = nullptr;

void on_interrupt(int) {
  if (std::atomic<int>* counter = g_counter.load()) counter->fetch_add(1);
}

}  // namespace

Interrupts::Interrupts(std::atomic<int>* counter) {
  g_counter = counter;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // waits are to be interrupted
  sigaction(SIGINT, &action, nullptr);
}

Interrupts::~Interrupts() {
  signal(SIGINT, SIG_DFL);
  g_counter = nullptr;
}

}  // namespace millrace
