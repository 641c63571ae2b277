#include "runtime/time/time_zone.h"

#include <catch2/catch.hpp>

#include "runtime/hot/calendar.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

constexpr int64_t kHour = 3600 * kMicrosPerSecond;

int64_t at(int64_t year, int64_t month, int64_t day, int64_t hour = 0, int64_t minute = 0) {
  return days_from_civil(year, month, day) * kMicrosPerDay + hour * kHour + minute * 60 * kMicrosPerSecond;
}

}  // namespace

TEST_CASE("days and civil dates are each other's inverse") {
  CHECK(days_from_civil(1970, 1, 1) == 0);
  CHECK(days_from_civil(2000, 3, 1) == 11017);
  for (int64_t days = -800'000; days < 800'000; days += 13) {
    const CivilDate date = civil_from_days(days);
    REQUIRE(days_from_civil(date.year, date.month, date.day) == days);
    REQUIRE((date.day >= 1 && date.day <= days_in_month(date.year, date.month)));
  }
}

TEST_CASE("weeks follow ISO 8601") {
  CHECK(weekday_of(0) == 3);  // a Thursday
  CHECK(iso_week(days_from_civil(2021, 1, 1)).week == 53);
  CHECK(iso_week(days_from_civil(2021, 1, 1)).year == 2020);
  CHECK(iso_week(days_from_civil(2019, 12, 30)).week == 1);
}

TEST_CASE("months are added to the last day at most") {
  CHECK(add_months_to_days(days_from_civil(2020, 1, 31), 1) == days_from_civil(2020, 2, 29));
  CHECK(add_months_to_days(days_from_civil(2020, 1, 15), -2) == days_from_civil(2019, 11, 15));
}

TEST_CASE("fixed zones need no database") {
  REQUIRE(find_time_zone("UTC") != nullptr);
  CHECK(local_from_utc(find_time_zone("UTC"), 5) == 5);
  CHECK(local_from_utc(find_time_zone("+02:30"), 0) == 2 * kHour + kHour / 2);
  CHECK(local_from_utc(find_time_zone("UTC-8"), 0) == -8 * kHour);
  CHECK(utc_from_local(find_time_zone("GMT+1"), 0) == -kHour);
  CHECK(find_time_zone("+25:00") == nullptr);
  CHECK(find_time_zone("Nowhere/Land") == nullptr);
  CHECK(find_time_zone("../../../etc/passwd") == nullptr);
}

TEST_CASE("zones of the database know summer time, past and to come") {
  const TimeZone* paris = find_time_zone("Europe/Paris");
  REQUIRE(paris != nullptr);
  CHECK(local_from_utc(paris, at(2020, 1, 1)) == at(2020, 1, 1, 1));
  CHECK(local_from_utc(paris, at(2020, 7, 1)) == at(2020, 7, 1, 2));
  CHECK(local_from_utc(paris, at(2090, 7, 1)) == at(2090, 7, 1, 2));  // beyond the file's list
  CHECK(local_from_utc(paris, at(2090, 12, 1)) == at(2090, 12, 1, 1));
  const TimeZone* sydney = find_time_zone("Australia/Sydney");
  REQUIRE(sydney != nullptr);
  CHECK(local_from_utc(sydney, at(2080, 1, 1)) == at(2080, 1, 1, 11));
  CHECK(local_from_utc(sydney, at(2080, 7, 1)) == at(2080, 7, 1, 10));
}

TEST_CASE("skipped local times move on, repeated ones are the first") {
  const TimeZone* paris = find_time_zone("Europe/Paris");
  REQUIRE(paris != nullptr);
  CHECK(utc_from_local(paris, at(2020, 3, 29, 2, 30)) == at(2020, 3, 29, 1, 30));   // shown as 03:30
  CHECK(utc_from_local(paris, at(2020, 10, 25, 2, 30)) == at(2020, 10, 25, 0, 30)); // still summer
  CHECK(utc_from_local(paris, at(2020, 10, 25, 3, 30)) == at(2020, 10, 25, 2, 30));
}
