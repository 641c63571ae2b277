#include "compiler/driver/process_setup.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>

#include "compiler/driver/command_line.h"

namespace millrace {

namespace {

bool reader_is_gone() {
  pollfd output{STDOUT_FILENO, 0, 0};
  return poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

void keep_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    const int opened = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest free number, so this one
    if (opened >= 0 && opened != descriptor) close(opened);
  }
}

/// Of what nobody catches, on whichever thread. What is no want of resources is a fault of the program, and aborts as ever.
[[noreturn]] void end_for_want() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    fputs("millrace: error: the system gives no more memory\n", stderr);
    std::_Exit(kExitFailed);
  } catch (const std::system_error& error) {
    fprintf(stderr, "millrace: error: the system gives no more threads or memory: %s\n", error.code().message().c_str());
    std::_Exit(kExitFailed);
  } catch (...) {
  }
  std::abort();
}

}  // namespace

void set_up_process() {
  keep_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::set_terminate(end_for_want);
}

int end_standard_output(int status) {
  const bool failed_before = ferror(stdout) != 0;
  errno = 0;
  const bool fails_now = fflush(stdout) != 0;
  if (status != kExitDone || (!failed_before && !fails_now)) return status;
  const int why = errno;  // 0: of a write before, which is not known any more
  if (why == EPIPE || reader_is_gone()) return status;
  fprintf(stderr, "millrace: error: cannot write standard output%s%s\n", why != 0 ? ": " : "", why != 0 ? strerror(why) : "");
  return kExitFailed;
}

}  // namespace millrace
