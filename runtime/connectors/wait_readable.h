#pragma once

#include <cstdint>

#include "runtime/connectors/connector.h"

namespace millrace {

/// Waits until `fd` is readable or has ended; false when the time is over or the job is to stop. A negative timeout has no end.
/// Looks at the stop request ten times a second, so that no descriptor is needed to wake it.
bool wait_readable(const ConnectorContext& context, int fd, int64_t timeout_us);

/// Sleeps, unless the job is to stop.
void sleep_us(const ConnectorContext& context, int64_t duration_us);

}  // namespace millrace
