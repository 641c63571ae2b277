#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/text.h"
#include "runtime/hot/cast.h"
#include "runtime/time/time_zone.h"
#include "tests/unit/runtime/functions/call.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

std::optional<int64_t> to_bigint(std::string_view s) {
  const StringRef r = ref(s);
  int64_t out = 0;
  return mr_cast_string_to_bigint(&r, &out) ? std::optional(out) : std::nullopt;
}

std::optional<double> to_double(std::string_view s) {
  const StringRef r = ref(s);
  double out = 0;
  return mr_cast_string_to_double(&r, &out) ? std::optional(out) : std::nullopt;
}

std::string to_text(double x) {
  char buffer[kDoubleTextMax];
  return {buffer, static_cast<size_t>(mr_write_double(x, buffer))};
}

std::string to_float_text(double x) {
  char buffer[kDoubleTextMax];
  return {buffer, static_cast<size_t>(mr_write_float(x, buffer))};
}

std::optional<int64_t> to_timestamp(std::string_view s) {
  const StringRef r = ref(s);
  SqlTimestamp out{};
  return mr_cast_string_to_timestamp(&context(), &r, &out) ? std::optional(static_cast<int64_t>(out)) : std::nullopt;
}

std::string timestamp_text(int64_t us) {
  StringRef out;
  mr_cast_timestamp_to_string(&context(), SqlTimestamp{us}, &out);
  return text(out);
}

constexpr int64_t kMorning = 1'584'786'731'485'000;  // 2020-03-21 10:32:11.485

}  // namespace

TEST_CASE("strings become integers by Spark's rules") {
  CHECK(to_bigint(" 42\t") == 42);
  CHECK(to_bigint("+7") == 7);
  CHECK(to_bigint("1.9") == 1);
  CHECK(to_bigint("-1.9") == -1);
  CHECK(to_bigint("1.") == 1);
  CHECK(to_bigint(".") == 0);
  CHECK(to_bigint("9223372036854775807") == INT64_MAX);
  CHECK(to_bigint("-9223372036854775808") == INT64_MIN);
  for (const char* bad : {"", " ", "-", "1e3", "1.x", "x", "9223372036854775808", "1 2"}) CHECK(to_bigint(bad) == std::nullopt);
  const StringRef r = ref("128");
  int64_t out = 0;
  CHECK(!mr_cast_string_to_tinyint(&r, &out));
  CHECK(mr_cast_string_to_smallint(&r, &out));
}

TEST_CASE("strings become doubles as in Java") {
  CHECK(to_double("1e3") == 1000.0);
  CHECK(to_double(" .5 ") == 0.5);
  CHECK(to_double("1d") == 1.0);
  CHECK(to_double("-2.5F") == -2.5);
  CHECK(to_double("0x1.8p1") == 3.0);
  CHECK(to_double("1e400") == std::numeric_limits<double>::infinity());
  CHECK(to_double("-inf") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(*to_double("NaN")));
  for (const char* bad : {"", "x", "1x", "--1", "+-1", ".", "1e", "d", "nan(1)"}) CHECK(to_double(bad) == std::nullopt);
}

TEST_CASE("doubles print the shortest text, in Java's layout") {
  CHECK(to_text(0.1) == "0.1");
  CHECK(to_text(1.0) == "1.0");
  CHECK(to_text(-0.0) == "-0.0");
  CHECK(to_text(100.0) == "100.0");
  CHECK(to_text(9999999.0) == "9999999.0");
  CHECK(to_text(1e7) == "1.0E7");
  CHECK(to_text(1e10) == "1.0E10");
  CHECK(to_text(1.5e-3) == "0.0015");
  CHECK(to_text(0.001) == "0.001");
  CHECK(to_text(1e-4) == "1.0E-4");
  CHECK(to_text(123456.789) == "123456.789");
  CHECK(to_text(1234567890123456789.0) == "1.2345678901234568E18");
  CHECK(to_text(std::nan("")) == "NaN");
  CHECK(to_text(-std::numeric_limits<double>::infinity()) == "-Infinity");
  CHECK(to_text(std::numeric_limits<double>::denorm_min()) == "4.9E-324");
  CHECK(to_text(std::numeric_limits<double>::max()) == "1.7976931348623157E308");
  CHECK(to_float_text(static_cast<double>(0.1F)) == "0.1");
  CHECK(to_float_text(static_cast<double>(1.0e10F)) == "1.0E10");
}

TEST_CASE("every double's text reads back, and is as short as the C++ library's") {
  uint64_t state = 1;
  const auto next = [&] { return state = state * 6364136223846793005 + 1442695040888963407; };
  for (int i = 0; i < 20'000; ++i) {
    const auto whole = static_cast<double>(next() >> (12 + next() % 50));
    const double candidates[] = {whole / 1e3, whole / 1e9, whole / 1e15, static_cast<double>(next() >> 11) * 0x1p-53, whole};
    for (double x : candidates) {
      const std::string text = to_text(x);
      REQUIRE(to_double(text) == x);
      char expected[40];
      const auto end = std::to_chars(expected, expected + sizeof expected, x, std::chars_format::scientific).ptr;
      const auto digits = [](std::string_view s) {  // the significant ones
        std::string all;
        for (char c : s.substr(0, s.find_first_of("eE"))) {
          if (c != '.' && !(all.empty() && c == '0')) all += c;
        }
        while (!all.empty() && all.back() == '0') all.pop_back();
        return all;
      };
      REQUIRE(digits(text) == digits({expected, static_cast<size_t>(end - expected)}));
    }
  }
}

TEST_CASE("doubles become integers when they fit") {
  int64_t out = 0;
  CHECK((mr_cast_double_to_int(-1.9, &out) && out == -1));
  CHECK((mr_cast_double_to_int(2147483647.9, &out) && out == INT32_MAX));
  CHECK(!mr_cast_double_to_int(2147483648.0, &out));
  CHECK((mr_cast_double_to_bigint(9223372036854775808.0, &out) && out == INT64_MAX));  // what INT64_MAX is as a double
  CHECK(!mr_cast_double_to_bigint(9223372036854777856.0, &out));
  CHECK((mr_cast_double_to_bigint(-9223372036854775808.0, &out) && out == INT64_MIN));
  CHECK(!mr_cast_double_to_bigint(std::nan(""), &out));
  SqlTimestamp time{};
  CHECK((mr_cast_double_to_timestamp(1584786731.485, &time) && static_cast<int64_t>(time) == kMorning));
  CHECK(!mr_cast_double_to_timestamp(std::numeric_limits<double>::infinity(), &time));
  CHECK(!mr_cast_bigint_to_timestamp(INT64_MAX, &time));
  CHECK(mr_cast_timestamp_to_bigint(SqlTimestamp{-1}) == -1);
}

TEST_CASE("strings become booleans") {
  bool out = false;
  for (const char* yes : {"t", "TRUE", " y ", "Yes", "1"}) {
    const StringRef r = ref(yes);
    CHECK((mr_cast_string_to_boolean(&r, &out) && out));
  }
  for (const char* no : {"f", "False", "n", "NO", "0"}) {
    const StringRef r = ref(no);
    CHECK((mr_cast_string_to_boolean(&r, &out) && !out));
  }
  const StringRef junk = ref("2");
  CHECK(!mr_cast_string_to_boolean(&junk, &out));
}

TEST_CASE("strings become timestamps and back") {
  CHECK(to_timestamp("2020-03-21 10:32:11.485") == kMorning);
  CHECK(to_timestamp("2020-03-21T10:32:11.485Z") == kMorning);
  CHECK(to_timestamp("2020-03-21 11:32:11.485000999+01:00") == kMorning);
  CHECK(to_timestamp("2020-3-1") == 1'583'020'800'000'000);
  CHECK(to_timestamp("2020") == 1'577'836'800'000'000);
  CHECK(to_timestamp("2020-03-21 11:32:11.485 Europe/Paris") == kMorning);
  for (const char* bad : {"", "x", "2020-13-01", "2020-02-30", "2020-03-21 25:00", "2020-03-21 10", "20-1-1", "2020-03-21 10:00:00 Mars", "-292000-01-01"}) {
    CHECK(to_timestamp(bad) == std::nullopt);
  }
  CHECK(timestamp_text(kMorning) == "2020-03-21 10:32:11.485");
  CHECK(timestamp_text(0) == "1970-01-01 00:00:00");
  CHECK(timestamp_text(-1) == "1969-12-31 23:59:59.999999");
  context().time_zone = find_time_zone("Europe/Paris");
  CHECK(timestamp_text(kMorning) == "2020-03-21 11:32:11.485");
  CHECK(to_timestamp("2020-03-21 11:32:11.485") == kMorning);
  context().time_zone = nullptr;
}

TEST_CASE("dates are read and written") {
  const auto days = [](std::string_view s) {
    const StringRef r = ref(s);
    SqlDate out{};
    return mr_cast_string_to_date(&r, &out) ? std::optional(static_cast<int64_t>(out)) : std::nullopt;
  };
  CHECK(days("1970-01-02") == 1);
  CHECK(days("1970-01-02 anything") == 1);
  CHECK(days("1970-01-02x") == std::nullopt);
  CHECK(days("1970-02-29") == std::nullopt);
  StringRef out;
  mr_cast_date_to_string(&context(), SqlDate{days_from_civil(12020, 2, 3)}, &out);
  CHECK(text(out) == "+12020-02-03");
  mr_cast_bigint_to_string(&context(), INT64_MIN, &out);
  CHECK(text(out) == "-9223372036854775808");
  mr_cast_bigint_to_string(&context(), 1234567, &out);
  CHECK(text(out) == "1234567");
}
