#pragma once

#include <cstdint>

#include "runtime/abi/time_zone.h"

/// The proleptic Gregorian calendar and the way between instants and what clocks show. Pure arithmetic, after Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms": years are counted from March, so that the leap day ends one, in eras of 400 years.
namespace millrace::abi {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct CivilDate {
  int64_t year;
  int64_t month;  ///< 1 … 12
  int64_t day;    ///< 1 … 31
};

inline int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
inline int64_t floor_mod(int64_t a, int64_t b) {
  const int64_t remainder = a % b;
  return remainder < 0 ? remainder + b : remainder;
}

/// Days since 1970-01-01.
inline int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

inline CivilDate civil_from_days(int64_t days) {
  days += 719'468;  // from 0000-03-01
  const int64_t era = floor_div(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

inline bool is_leap_year(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

inline int64_t days_in_month(int64_t year, int64_t month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// 0 Monday … 6 Sunday.
inline int64_t weekday_of(int64_t days) { return floor_mod(days + 3, 7); }

inline int64_t day_of_year(int64_t days, int64_t year) { return days - days_from_civil(year, 1, 1) + 1; }

struct IsoWeek {
  int64_t year;  ///< the year that the week's Thursday lies in
  int64_t week;  ///< 1 … 53
};
inline IsoWeek iso_week(int64_t days) {
  const int64_t thursday = days - weekday_of(days) + 3;
  const int64_t year = civil_from_days(thursday).year;
  return {year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1};
}

/// The date `months` later; the day is cut to the month's last.
inline int64_t add_months_to_days(int64_t days, int64_t months) {
  const CivilDate date = civil_from_days(days);
  const int64_t month = date.year * 12 + date.month - 1 + months;
  const int64_t year = floor_div(month, 12);
  const int64_t month_of_year = floor_mod(month, 12) + 1;
  const int64_t last = days_in_month(year, month_of_year);
  return days_from_civil(year, month_of_year, date.day < last ? date.day : last);
}

/// Sums of times wrap at the ends of the int64_t range: some 292,000 years away.
inline int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

/// What clocks of the zone show at an instant: microseconds since 1970-01-01 00:00 local time.
inline int64_t local_from_utc(const TimeZone* zone, int64_t utc_us) {
  if (zone == nullptr) return utc_us;
  return wrapping_add(utc_us, zone->rules == nullptr ? zone->fixed_offset_us : mr_zone_offset(zone, utc_us));
}

inline int64_t utc_from_local(const TimeZone* zone, int64_t local_us) {
  if (zone == nullptr) return local_us;
  if (zone->rules == nullptr) return wrapping_add(local_us, -zone->fixed_offset_us);
  return mr_zone_local_to_utc(zone, local_us);
}

}  // namespace millrace::abi
