#pragma once

#include <string>
#include <string_view>

#include "runtime/abi/time_zone.h"

namespace millrace {

/// The zone of that name: an IANA name (`Europe/Paris`, read from the system's zone database), `UTC`, `GMT`, `Z`, an offset
/// (`+02:00`, `-8`, `UTC+1`). nullptr when there is none. What it returns lives as long as the process; any thread may call it.
const abi::TimeZone* find_time_zone(std::string_view name);

/// The name that goes with the zone's clocks at an instant: `CEST`, of an offset the offset. A whole name is English (`Central European
/// Summer Time`), and `GMT+11:00` where there is none.
std::string short_zone_name(const abi::TimeZone* zone, int64_t utc_us);
std::string long_zone_name(const abi::TimeZone* zone, int64_t utc_us);

/// UTC, without a look at any file.
const abi::TimeZone* utc_time_zone();

}  // namespace millrace
