#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "runtime/connectors/connector.h"

namespace millrace {

/// How long a write that failed is tried again, unless the script says otherwise.
inline constexpr int64_t kDefaultRetryForUs = 5'000'000;

/// Whether a call that failed with this errno may work later although nobody changes the job: when there is room again, or access, or the disk answers.
bool may_pass(int error);

/// Pauses between attempts at a write, growing from 0.1 to 1 s, for so long in all. Tells the user when it begins and when it is over. One thread.
class RetryPauses {
 public:
  RetryPauses(int64_t retry_for_us, ConnectorContext context) : retry_for_us_(retry_for_us), context_(std::move(context)) {}

  /// Waits for the next attempt. False: it was tried long enough, or the job is to stop.
  bool wait(const Status& why);
  /// An attempt has worked; the next failure is a new one.
  void succeed();

 private:
  int64_t retry_for_us_;
  ConnectorContext context_;
  int64_t give_up_ns_ = 0;  ///< steady clock; 0: nothing has failed
  int64_t pause_us_ = 0;
  std::string why_;
};

}  // namespace millrace
