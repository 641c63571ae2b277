#pragma once

namespace millrace::recovery {

/// A socket that listens on the loopback's port `*port`, which the system chooses. The caller closes it.
int listen_locally(int* port);
/// A connection that came within so long, -1: none did.
int accept_within(int listener, int ms);

}  // namespace millrace::recovery
