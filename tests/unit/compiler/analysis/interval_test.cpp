#include "compiler/analysis/interval.h"

#include <catch2/catch.hpp>

#include "compiler/base/sql_error.h"

namespace millrace {

TEST_CASE("durations are read in every spelling") {
  CHECK(parse_duration("2 seconds") == 2'000'000);
  CHECK(parse_duration("2s") == 2'000'000);
  CHECK(parse_duration("500ms") == 500'000);
  CHECK(parse_duration("1m30s") == 90'000'000);
  CHECK(parse_duration("1 minute 30 seconds") == 90'000'000);
  CHECK(parse_duration("INTERVAL 3 seconds") == 3'000'000);
  CHECK(parse_duration("1.5 hours") == 5'400'000'000);
  CHECK(parse_duration("1 week") == 604'800'000'000);
  CHECK(parse_duration("-1 day") == -86'400'000'000);
}

TEST_CASE("what has no fixed length or no unit is no duration") {
  for (const char* text : {"", " ", "5", "seconds", "1 month", "1 year", "5 parsecs", "1 second x", "99999999999999 days"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("an interval is months or microseconds, never both") {
  CHECK(interval_value({{{"5", "SECOND"}}}, {}).amount == 5'000'000);
  CHECK(interval_value({{{"1", "DAY"}, {"2", "HOUR"}}}, {}).amount == 93'600'000'000);
  const IntervalValue years = interval_value({{{"1", "YEAR"}, {"2", "MONTH"}}}, {});
  CHECK(years.is_months);
  CHECK(years.amount == 14);
  CHECK_THROWS_AS(interval_value({{{"1", "MONTH"}, {"2", "DAY"}}}, {}), SqlError);
  CHECK_THROWS_AS(interval_value({{{"x", "DAY"}}}, {}), SqlError);
}

}  // namespace millrace
