#pragma once

#include <cstdint>

namespace millrace {

/// How long a peer may leave the system's questions unanswered before it counts as gone, unless the script says otherwise.
inline constexpr int64_t kDefaultPeerTimeoutUs = 60'000'000;

/// Has the system ask a silent peer now and then whether it is still there, so that one that vanished without a word (power, network) is noticed after about
/// `timeout_us`, to the second. That helps while nothing waits to be sent; else see `peer_has_vanished`.
void notice_vanished_peer(int fd, int64_t timeout_us);

/// Has the system end a connection whose peer takes nothing of what waits for it for so long, be it gone or only asleep.
void drop_stalled_peer(int fd, int64_t timeout_us);

/// Whether what was sent, or the question for room to send more, has been left unanswered for so long. A peer that has no room answers, and is there.
bool peer_has_vanished(int fd, int64_t timeout_us);

/// Whether the connection is over in both directions.
bool is_broken(int fd);

/// What broke it (errno); 0 when it is not known. The system tells it once.
int broken_by(int fd);

/// Bytes handed to the system of which the peer's system has not said that they arrived; -1 when there is no connection to ask.
int64_t unconfirmed_bytes(int fd);

}  // namespace millrace
