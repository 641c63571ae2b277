#pragma once

#include <atomic>
#include <cstdint>

namespace millrace::recovery {

/// What a run under fault injection is to meet, in a file that it and the one who judges it have mapped. Calls are counted over the process and its copies.
struct FaultPlan {
  static constexpr const char* kVariable = "MILLRACE_FAULT_PLAN";  ///< names the file; only programs that have faulty_calls.cpp in them look

  enum class Kind : int32_t {
    NoRoom,       ///< ENOSPC: writing, making files and folders, putting on the disk
    BrokenDisk,   ///< EIO: whatever touches the disk
    NoAccess,     ///< EACCES: whatever takes a name
    Interrupted,  ///< EINTR: reading, writing, locking, receiving, waiting
    Short,        ///< reads and writes of half of what was asked
    PeerGone,     ///< ECONNRESET: receiving, sending
    ClockBack,    ///< the wall clock is set back by an hour
  };

  Kind kind;
  int32_t stays;               ///< not 0: all further calls fail as well
  int64_t at;                  ///< the number, from 1, of the call that fails, among those that the kind can strike; 0: none
  char folder[512];            ///< calls that concern files in it are meant
  std::atomic<int64_t> calls;  ///< so far
  char struck[64];             ///< the function that failed first
};

}  // namespace millrace::recovery
