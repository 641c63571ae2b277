#pragma once

#include "runtime/connectors/connector.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

/// The pause before the first attempt to connect again; each further one may be longer, up to the longest.
inline constexpr int64_t kFirstRetryPauseUs = 100'000;
inline constexpr int64_t kLongestRetryPauseUs = 5'000'000;

/// Connects once, to whichever of the endpoint's addresses accepts; waits up to `timeout_us` (2 seconds at most). The socket does not
/// block, is closed by the caller, and sends without delay.
Result<int> connect_once(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context);

/// Tries until it is accepted, the time is over or the job is to stop; tells that it waits.
Result<int> connect_within(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context);

}  // namespace millrace
