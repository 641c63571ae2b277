#include "runtime/connectors/retry_pauses.h"

#include <algorithm>
#include <cerrno>

#include "runtime/connectors/tcp_connect.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

bool may_pass(int error) {
  constexpr int kPassing[] = {ENOSPC, EDQUOT, EIO, EACCES, EPERM, EROFS, ENOMEM, ENFILE, EMFILE, EBUSY, EAGAIN, ESTALE, ETIMEDOUT};
  return std::find(std::begin(kPassing), std::end(kPassing), error) != std::end(kPassing);
}

bool RetryPauses::wait(const Status& why) {
  const int64_t now = steady_clock_ns();
  if (give_up_ns_ == 0) {
    if (retry_for_us_ <= 0 || context_.stopping()) return false;
    give_up_ns_ = now + retry_for_us_ * 1000;
    pause_us_ = kFirstRetryPauseUs;
    why_ = why.message();
    if (context_.notice) context_.notice(why_ + "; trying again");
  }
  if (now >= give_up_ns_ || context_.stopping()) return false;
  sleep_us(context_, std::min(pause_us_, (give_up_ns_ - now) / 1000));
  pause_us_ = std::min(pause_us_ * 2, kLongestRetryPauseUs);
  return true;
}

void RetryPauses::succeed() {
  if (give_up_ns_ == 0) return;
  give_up_ns_ = 0;
  if (context_.notice) context_.notice(why_ + ": it works again");
}

}  // namespace millrace
