#include "runtime/base/duration.h"

#include <catch2/catch.hpp>

using millrace::parse_duration_us;

TEST_CASE("durations in words and in short form") {
  CHECK(parse_duration_us("2 seconds") == 2'000'000);
  CHECK(parse_duration_us("2s") == 2'000'000);
  CHECK(parse_duration_us("500ms") == 500'000);
  CHECK(parse_duration_us("1m30s") == 90'000'000);
  CHECK(parse_duration_us("1 MINUTE 30 Seconds") == 90'000'000);
  CHECK(parse_duration_us("0.5 s") == 500'000);
  CHECK(parse_duration_us(" 3 ") == 3'000'000);
  CHECK(parse_duration_us("1 day") == 86'400'000'000);
}

TEST_CASE("what is no duration") {
  CHECK_FALSE(parse_duration_us(""));
  CHECK_FALSE(parse_duration_us("soon"));
  CHECK_FALSE(parse_duration_us("2 fortnights"));
  CHECK_FALSE(parse_duration_us("1 month"));
  CHECK_FALSE(parse_duration_us("-1s"));
  CHECK_FALSE(parse_duration_us("99999999999999 weeks"));
}
