#include "compiler/analysis/time_literal.h"

#include <catch2/catch.hpp>

namespace millrace {

TEST_CASE("dates are days since 1970") {
  CHECK(parse_date("1970-01-01") == 0);
  CHECK(parse_date("2020-03-21") == 18342);
  CHECK(parse_date("1969-12-31") == -1);
  CHECK(parse_date("2000-02-29") == 11016);
  CHECK(parse_date("2020-3-1") == 18322);
  for (const char* text : {"2020-02-30", "1900-02-29", "2020-13-01", "2020-00-01", "20-01-01", "2020-01-01x", ""}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
}

TEST_CASE("timestamps may have a fraction and a zone") {
  constexpr int64_t kTen = 1'584'784'800'000'000;  // 2020-03-21 10:00:00 UTC
  CHECK(parse_timestamp("2020-03-21 10:00:00")->micros == kTen);
  CHECK(parse_timestamp("2020-03-21T10:00:00.5")->micros == kTen + 500'000);
  CHECK(parse_timestamp("2020-03-21 10:00")->micros == kTen);
  CHECK_FALSE(parse_timestamp("2020-03-21 10:00:00")->has_zone);
  CHECK(parse_timestamp("2020-03-21 11:00:00+01:00")->micros == kTen);
  CHECK(parse_timestamp("2020-03-21 10:00:00Z")->has_zone);
  CHECK(parse_timestamp("2020-03-21")->micros == kTen - 36'000'000'000);
  CHECK(parse_timestamp("2020-03-21 10:00:00.1234567")->micros == kTen + 123'456);
  for (const char* text :
       {"2020-03-21 24:00:00", "2020-03-21 10", "2020-03-21 10:00:00 Mars", "10:00:00", "2020-03-21 10:61:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

}  // namespace millrace
