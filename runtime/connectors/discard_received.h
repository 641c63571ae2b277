#pragma once

namespace millrace {

/// Takes what the other side of the socket `fd` says to a sink, which means nothing: closing with that unread would throw away what is on its
/// way to it. Does not wait. False when it will say no more; it may go on reading.
bool discard_received(int fd);

}  // namespace millrace
