#pragma once

#include <string_view>

#include "runtime/abi/time_zone.h"

namespace millrace {

/// The zone of that name: an IANA name (`Europe/Paris`, read from the system's zone database), `UTC`, `GMT`, `Z`, an offset
/// (`+02:00`, `-8`, `UTC+1`). nullptr when there is none. What it returns lives as long as the process; any thread may call it.
const abi::TimeZone* find_time_zone(std::string_view name);

/// UTC, without a look at any file.
const abi::TimeZone* utc_time_zone();

}  // namespace millrace
