#pragma once

namespace millrace {

/// What a process needs before anything else, for a clear end whatever it is given by who starts it:
/// - standard input, output and error are open. Otherwise the first file that is opened, be it a sink's or a recording, would take the number and get what
///   is said to standard error. Where one was closed, /dev/null is opened the wrong way round, so that using it fails as before.
/// - a reader that goes away, and a file at the limit of its size (ulimit -f), show as failed writes, where they can be handled, not as signals.
/// - memory or threads that the system does not give (ulimit -v, -u) end it with an error and status 1; the last checkpoint stays good.
void set_up_process();

/// Writes out what standard output still holds. The status to end with: `status`, unless that was success and something was not written: then that is told
/// on standard error. A reader that went away (as `head` does) had what it wanted.
int end_standard_output(int status);

}  // namespace millrace
