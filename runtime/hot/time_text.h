#pragma once

#include <cstdint>

#include "runtime/hot/calendar.h"
#include "runtime/hot/number_text.h"

/// Dates and timestamps as text: `2020-03-21`, `2020-03-21 10:32:11.485`.
namespace millrace::abi {

inline constexpr int64_t kTimeTextMax = 40;  ///< bytes of a date or timestamp, however far away

/// Years have four digits at least; those beyond 9999 a sign, as in java.time.
inline char* write_year(char* p, int64_t year) {
  if (year < 0) {
    *p++ = '-';
    year = -year;
  } else if (year > 9999) {
    *p++ = '+';
  }
  return write_padded(p, static_cast<uint64_t>(year), 4);
}

inline char* write_date(char* p, int64_t days) {
  const CivilDate date = civil_from_days(days);
  p = write_year(p, date.year);
  *p++ = '-';
  p = write_two_digits(p, static_cast<uint64_t>(date.month));
  *p++ = '-';
  return write_two_digits(p, static_cast<uint64_t>(date.day));
}

/// `.485`; nothing for 0.
inline char* write_fraction(char* p, int64_t micros) {
  if (micros == 0) return p;
  *p++ = '.';
  p = write_padded(p, static_cast<uint64_t>(micros), 6);
  while (p[-1] == '0') --p;
  return p;
}

/// Of local time: apply local_from_utc first.
inline char* write_timestamp(char* p, int64_t local_us) {
  const int64_t days = floor_div(local_us, kMicrosPerDay);
  const int64_t of_day = local_us - days * kMicrosPerDay;
  const auto seconds = static_cast<uint64_t>(of_day / kMicrosPerSecond);
  p = write_date(p, days);
  *p++ = ' ';
  p = write_two_digits(p, seconds / 3600);
  *p++ = ':';
  p = write_two_digits(p, seconds / 60 % 60);
  *p++ = ':';
  p = write_two_digits(p, seconds % 60);
  return write_fraction(p, of_day % kMicrosPerSecond);
}

}  // namespace millrace::abi
