#pragma once

#include <cstdint>
#include <string>

#include "runtime/base/status.h"

namespace millrace {

/// A sum of the bytes in front of a place of a file, 4 KB of them at most: by it the file is told, when it is read on from a checkpoint, from another one that has its
/// name by then. 0: nothing is known of them, as the place is the file's beginning or the file cannot be read anywhere.
uint32_t mark_before(int fd, int64_t place);

/// Fails when the bytes in front of the place are not those that the mark is of. `what` names the file in the error.
Status check_mark(int fd, int64_t place, uint32_t mark, const std::string& what);

/// At the end of a file: fails when it has fewer bytes by now than were read of it, so that what was read is not what it holds. Pipes and devices have no size.
Status check_not_shorter(int fd, int64_t bytes_read, const std::string& what);

}  // namespace millrace
