#pragma once

#include <cstdint>

namespace millrace::abi {

struct ZoneRules;  ///< runtime/time: the transitions of a zone

/// A time zone, as PipelineContext points at one; nullptr there means UTC. Made by find_time_zone (runtime/time), never freed, immutable.
struct TimeZone {
  int64_t fixed_offset_us = 0;       ///< of a zone without rules, east of Greenwich positive
  const ZoneRules* rules = nullptr;  ///< nullptr: the offset never changes
  const char* id = "UTC";            ///< by which it was asked for; of an offset `+02:00`
};

extern "C" {

/// The offset from UTC of a zone with rules at an instant, in microseconds, east of Greenwich positive.
int64_t mr_zone_offset(const TimeZone* zone, int64_t utc_us) noexcept;

/// The instant at which clocks of a zone with rules show a local time. A time that occurs twice means the earlier; one that clocks skip is
/// moved on by what they skip (java.time's rule).
int64_t mr_zone_local_to_utc(const TimeZone* zone, int64_t local_us) noexcept;

}  // extern "C"

}  // namespace millrace::abi
