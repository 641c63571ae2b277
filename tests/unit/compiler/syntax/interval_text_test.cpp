#include "compiler/syntax/interval_text.h"

#include <catch2/catch.hpp>

using namespace millrace;

namespace {

std::string read(std::string_view text) {
  const auto parts = parse_interval_text(text);
  if (!parts) return "none";
  std::string out;
  for (const auto& part : *parts) out += part.value + ' ' + part.unit + ';';
  return out;
}

}  // namespace

TEST_CASE("units have long, plural and short names") {
  CHECK(interval_unit("seconds") == "SECOND");
  CHECK(interval_unit("Ms") == "MILLISECOND");
  CHECK(interval_unit("mins") == "MINUTE");
  CHECK(interval_unit("m") == "MINUTE");
  CHECK(interval_unit("month") == "MONTH");
  CHECK(interval_unit("QUARTERS") == "QUARTER");
  CHECK(interval_unit("s") == "SECOND");
  CHECK(interval_unit("fortnight").empty());
  CHECK(interval_unit("").empty());
}

TEST_CASE("durations are read in words and in short") {
  CHECK(read("5 seconds") == "5 SECOND;");
  CHECK(read("interval 3 seconds") == "3 SECOND;");
  CHECK(read(" 1 minute 30 seconds ") == "1 MINUTE;30 SECOND;");
  CHECK(read("1m30s") == "1 MINUTE;30 SECOND;");
  CHECK(read("2.5s") == "2.5 SECOND;");
  CHECK(read("-3 hours") == "-3 HOUR;");
  CHECK(read("500ms") == "500 MILLISECOND;");
}

TEST_CASE("what is no duration is not read") {
  for (const char* text : {"", "5", "seconds", "5 foo", "five seconds", "5 seconds ago", "1..5 s", "interval"})
    CHECK(read(text) == "none");
}

TEST_CASE("fields of SQL intervals") {
  const auto day = parse_interval_fields("1 02:03:04.5", "DAY", "SECOND");
  REQUIRE(day);
  CHECK(day->size() == 4);
  CHECK(day->at(3).value == "04.5");
  const auto negative = parse_interval_fields("-1-2", "YEAR", "MONTH");
  REQUIRE(negative);
  CHECK(negative->at(0).value == "-1");
  CHECK(negative->at(1).value == "-2");
  CHECK_FALSE(parse_interval_fields("1:2", "YEAR", "MONTH"));
  CHECK_FALSE(parse_interval_fields("1-2", "MONTH", "YEAR"));
  CHECK_FALSE(parse_interval_fields("1 02:03", "DAY", "SECOND"));
}
