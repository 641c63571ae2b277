#include <catch2/catch.hpp>
#include <optional>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/time.h"
#include "runtime/hot/time.h"
#include "runtime/time/time_zone.h"
#include "tests/unit/runtime/functions/call.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

SqlTimestamp time(std::string_view s) {
  const StringRef r = ref(s);
  SqlTimestamp out{};
  REQUIRE(mr_cast_string_to_timestamp(&context(), &r, &out));
  return out;
}

SqlDate date(std::string_view s) {
  const StringRef r = ref(s);
  SqlDate out{};
  REQUIRE(mr_cast_string_to_date(&r, &out));
  return out;
}

std::string show(SqlTimestamp t) {
  StringRef out;
  mr_cast_timestamp_to_string(&context(), t, &out);
  return text(out);
}

std::string show(SqlDate d) {
  StringRef out;
  mr_cast_date_to_string(&context(), d, &out);
  return text(out);
}

std::string format(std::string_view when, std::string_view pattern) {
  const StringRef p = ref(pattern);
  StringRef out;
  return mr_date_format(&context(), time(when), &p, &out) ? text(out) : "NULL";
}

std::string parse(std::string_view s, std::string_view pattern) {
  const StringRef r = ref(s);
  const StringRef p = ref(pattern);
  SqlTimestamp out{};
  return mr_to_timestamp_as(&context(), &r, &p, &out) ? show(out) : "NULL";
}

std::string trunc(std::string_view unit, std::string_view when) {
  const StringRef u = ref(unit);
  SqlTimestamp out{};
  return mr_date_trunc(&context(), &u, time(when), &out) ? show(out) : "NULL";
}

}  // namespace

TEST_CASE("fields of dates and times") {
  const SqlDate saturday = date("2020-03-21");
  CHECK(mr_dayofweek(saturday) == SqlInt{7});
  CHECK(mr_dayofweek(date("2020-03-22")) == SqlInt{1});
  CHECK(mr_weekday(saturday) == SqlInt{5});
  CHECK(mr_quarter(date("2020-12-31")) == SqlInt{4});
  CHECK(mr_dayofyear(date("2020-12-31")) == SqlInt{366});
  CHECK(mr_weekofyear(date("2021-01-03")) == SqlInt{53});
  const SqlTimestamp before_epoch = time("1969-12-31 23:59:58.5");
  CHECK(mr_hour(&context(), before_epoch) == SqlInt{23});
  CHECK(mr_second(&context(), before_epoch) == SqlInt{58});
  context().time_zone = find_time_zone("Asia/Kolkata");
  CHECK(mr_minute(&context(), SqlTimestamp{0}) == SqlInt{30});
  context().time_zone = nullptr;
}

TEST_CASE("times are truncated to units") {
  CHECK(trunc("YEAR", "2020-03-21 10:32:11.485") == "2020-01-01 00:00:00");
  CHECK(trunc("quarter", "2020-06-21 10:32:11") == "2020-04-01 00:00:00");
  CHECK(trunc("WEEK", "2020-03-22 10:32:11") == "2020-03-16 00:00:00");
  CHECK(trunc("minute", "1969-03-21 10:32:11.485") == "1969-03-21 10:32:00");
  CHECK(trunc("MILLISECOND", "2020-03-21 10:32:11.4856") == "2020-03-21 10:32:11.485");
  CHECK(trunc("fortnight", "2020-03-21") == "NULL");
  context().time_zone = find_time_zone("Europe/Paris");
  CHECK(trunc("DAY", "2020-07-21 00:30:00") == "2020-07-21 00:00:00");
  context().time_zone = nullptr;
}

TEST_CASE("dates are moved by days and months") {
  SqlDate out{};
  REQUIRE(mr_add_months(date("2020-01-31"), 1, &out));
  CHECK(show(out) == "2020-02-29");
  REQUIRE(mr_date_sub(date("2020-03-01"), 1, &out));
  CHECK(show(out) == "2020-02-29");
  CHECK(!mr_date_add(date("2020-03-01"), INT64_MAX, &out));
  CHECK(mr_datediff(date("2020-03-01"), date("2020-02-01")) == SqlInt{29});
  CHECK(show(mr_last_day(date("2021-02-03"))) == "2021-02-28");
  const StringRef monday = ref("monday");
  REQUIRE(mr_next_day(date("2020-03-23"), &monday, &out));
  CHECK(show(out) == "2020-03-30");
  const StringRef junk = ref("xx");
  CHECK(!mr_next_day(date("2020-03-23"), &junk, &out));
  CHECK(!mr_make_date(2021, 2, 29, &out));
  SqlTimestamp moved{};
  REQUIRE(mr_timestamp_add_months(&context(), time("2020-01-31 10:00:00"), SqlMonths{13}, &moved));
  CHECK(show(moved) == "2021-02-28 10:00:00");
  CHECK(!mr_timestamp_add_micros(SqlTimestamp{INT64_MAX}, SqlMicros{1}, &moved));
  CHECK(mr_months_between(&context(), time("1997-02-28 10:30:00"), time("1996-10-30")) == 3.94959677);
  CHECK(mr_months_between(&context(), time("2020-02-29"), time("2020-01-31")) == 1.0);
  REQUIRE(mr_make_timestamp(&context(), 2020, 2, 29, 23, 59, 60.0, &moved));
  CHECK(show(moved) == "2020-03-01 00:00:00");
}

TEST_CASE("times are formatted by patterns") {
  const char* when = "2020-03-05 15:04:09.0301";
  CHECK(format(when, "yyyy-MM-dd'T'HH:mm:ss.SSS") == "2020-03-05T15:04:09.030");
  CHECK(format(when, "d/M/yy h:m a") == "5/3/20 3:4 PM");
  CHECK(format(when, "EEE, EEEE d MMM MMMM") == "Thu, Thursday 5 Mar March");
  CHECK(format(when, "'it''s' QQQ D") == "it's Q1 65");
  CHECK(format(when, "XXX") == "Z");
  CHECK(format(when, "bb") == "NULL");
  CHECK(format(when, "'open") == "NULL");
  context().time_zone = find_time_zone("Europe/Paris");
  CHECK(format("2020-07-01", "XXX xx Z") == "+02:00 +0200 +0200");
  context().time_zone = nullptr;
}

TEST_CASE("times are parsed by patterns") {
  CHECK(parse("21/03/2020 10:32", "dd/MM/yyyy HH:mm") == "2020-03-21 10:32:00");
  CHECK(parse("20200321", "yyyyMMdd") == "2020-03-21 00:00:00");
  CHECK(parse("3/2/20", "d/M/yy") == "2020-02-03 00:00:00");
  CHECK(parse("5 Mar 2020 12:00 AM", "d MMM yyyy hh:mm a") == "2020-03-05 00:00:00");
  CHECK(parse("2020-03-21T10:00:00.5+02:00", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX") == "2020-03-21 08:00:00.5");
  CHECK(parse("2020-13-21", "yyyy-MM-dd") == "NULL");
  CHECK(parse("2020-03-21 ", "yyyy-MM-dd") == "NULL");
  CHECK(parse("2020-3-21", "yyyy-MM-dd") == "NULL");
  const StringRef epoch = ref("1970-01-01 00:01:00");
  int64_t seconds = 0;
  REQUIRE(mr_unix_timestamp_text(&context(), &epoch, &seconds));
  CHECK(seconds == 60);
}

TEST_CASE("zones shift times") {
  const StringRef seoul = ref("Asia/Seoul");
  SqlTimestamp out{};
  REQUIRE(mr_from_utc_timestamp(time("2016-08-31"), &seoul, &out));
  CHECK(show(out) == "2016-08-31 09:00:00");
  REQUIRE(mr_to_utc_timestamp(time("2016-08-31"), &seoul, &out));
  CHECK(show(out) == "2016-08-30 15:00:00");
}
