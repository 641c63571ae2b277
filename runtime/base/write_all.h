#pragma once

#include <cstddef>

#include "runtime/base/status.h"

namespace millrace {

/// What became of a write: a reader that went away is no error of ours.
enum class WriteOutcome { Done, ReaderGone, Failed };

/// Writes all the bytes, whatever short writes and interrupts come between; waits when the descriptor is non-blocking and full.
/// After Failed, errno says why.
WriteOutcome write_all(int fd, const char* bytes, size_t size) noexcept;
/// The same of what `*written` has not yet, which it counts: so that an attempt can go on where the one before failed.
WriteOutcome write_rest(int fd, const char* bytes, size_t size, size_t* written) noexcept;

/// Lets a write to a reader that went away fail rather than end the process. For the whole process, for good.
void ignore_broken_pipes() noexcept;

/// fsync, whatever interrupts it.
bool put_on_disk(int fd) noexcept;

/// "<what>: <strerror(errno)>".
Status system_error(const char* what);

}  // namespace millrace
