#include "runtime/hot/json.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <string>

#include "runtime/state/arena.h"

using namespace millrace::abi;

namespace {

/// A value as the last one of a line, with readable bytes around.
class Value {
 public:
  explicit Value(const std::string& text, const std::string& after = "}")
      : line_(std::string(64, '#') + text + after), end_(line_.size()) {
    line_.append(64, '#');
    context_.scratch = &arena_;
  }

  const char* p() const { return line_.data() + 64; }
  const char* end() const { return line_.data() + end_; }
  PipelineContext* context() { return &context_; }

 private:
  std::string line_;
  size_t end_;
  Arena arena_;
  PipelineContext context_{};
};

std::string status_name(int32_t status) { return status == kReadNull ? "null" : status == kReadError ? "error" : "value"; }

std::string read_int(const std::string& text, int64_t min = INT64_MIN, int64_t max = INT64_MAX) {
  const Value value(text);
  int64_t out = 0;
  const int32_t status = mr_json_read_int(value.p(), value.end(), min, max, &out);
  REQUIRE(mr_json_check_int(value.p(), value.end(), min, max) == status);
  int64_t slow = 0;
  REQUIRE(mr_json_read_int_slow(value.p(), value.end(), min, max, &slow) == status);
  REQUIRE(slow == out);
  return status == kReadValue ? std::to_string(out) : status_name(status);
}

std::string read_double(const std::string& text) {
  const Value value(text);
  double out = 0;
  const int32_t status = mr_json_read_double(value.p(), value.end(), &out);
  REQUIRE(mr_json_check_double(value.p(), value.end()) == status);
  double slow = 0;
  REQUIRE(mr_json_read_double_slow(value.p(), value.end(), &slow) == status);
  REQUIRE((slow == out || (std::isnan(slow) && std::isnan(out))));
  if (status != kReadValue) return status_name(status);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.17g", out);
  return buffer;
}

std::string read_string(const std::string& text) {
  Value value(text);
  StringRef out;
  const int32_t status = mr_json_read_string(value.context(), value.p(), value.end(), &out);
  REQUIRE(mr_json_check_string(value.p(), value.end()) == status);
  StringRef slow;
  REQUIRE(mr_json_read_string_slow(value.context(), value.p(), value.end(), &slow) == status);
  if (status != kReadValue) return status_name(status);
  const std::string result(out.data, static_cast<size_t>(out.size));
  REQUIRE(result == std::string(slow.data, static_cast<size_t>(slow.size)));
  return "=" + result;
}

std::string read_bool(const std::string& text) {
  const Value value(text);
  bool out = false;
  const int32_t status = mr_json_read_bool(value.p(), value.end(), &out);
  return status == kReadValue ? (out ? "true" : "false") : status_name(status);
}

std::string read_timestamp(const std::string& text) {
  Value value(text);
  int64_t out = 0;
  const int32_t status = mr_json_read_timestamp(value.context(), value.p(), value.end(), &out);
  REQUIRE(mr_json_check_timestamp(value.p(), value.end()) == status);
  return status == kReadValue ? std::to_string(out) : status_name(status);
}

}  // namespace

TEST_CASE("integers take integer tokens in range, and nothing else") {
  CHECK(read_int("1") == "1");
  CHECK(read_int("  42 ") == "42");
  CHECK(read_int(" -7") == "-7");
  CHECK(read_int("-0") == "0");
  CHECK(read_int("1584786731698422519") == "1584786731698422519");
  CHECK(read_int("9223372036854775807") == "9223372036854775807");
  CHECK(read_int("-9223372036854775808") == "-9223372036854775808");
  CHECK(read_int("9223372036854775808") == "null");
  CHECK(read_int("-9223372036854775809") == "null");
  CHECK(read_int("99999999999999999999999999999999999999") == "null");
  CHECK(read_int("127", -128, 127) == "127");
  CHECK(read_int("128", -128, 127) == "null");
  CHECK(read_int("-128", -128, 127) == "-128");
  CHECK(read_int("-129", -128, 127) == "null");
  for (const char* other : {"1.0", "1e3", "\"5\"", "true", "null", "[1]", "{\"a\":1}", "\"\""}) {
    INFO(other);
    CHECK(read_int(other) == "null");
  }
  for (const char* malformed : {"", "01", "-", "+1", "1 2", "1x", "0x10", "\"5", "nul", "NaN", ":1", "1:", "[1", "-a"}) {
    INFO(malformed);
    CHECK(read_int(malformed) == "error");
  }
}

TEST_CASE("a missing field is NULL for every type") {
  int64_t i;
  double d;
  bool b;
  StringRef s;
  PipelineContext context{};
  CHECK(mr_json_read_int(nullptr, nullptr, 0, 1, &i) == kReadNull);
  CHECK(mr_json_read_double(nullptr, nullptr, &d) == kReadNull);
  CHECK(mr_json_read_bool(nullptr, nullptr, &b) == kReadNull);
  CHECK(mr_json_check_bool(nullptr, nullptr) == kReadNull);
  CHECK(mr_json_read_string(&context, nullptr, nullptr, &s) == kReadNull);
  CHECK(mr_json_read_date(nullptr, nullptr, &i) == kReadNull);
  CHECK(mr_json_read_timestamp(&context, nullptr, nullptr, &i) == kReadNull);
  CHECK(mr_json_check_binary(nullptr, nullptr) == kReadNull);
}

TEST_CASE("doubles take every number and three names") {
  CHECK(read_double("0.1") == "0.10000000000000001");
  CHECK(read_double(" -0.0") == "-0");
  CHECK(read_double("12") == "12");
  CHECK(read_double("1e3") == "1000");
  CHECK(read_double("1.5E-3") == "0.0015");
  CHECK(read_double("0.00000000000000000000000000000001") == "1.0000000000000001e-32");
  CHECK(read_double("123456789012345678901234567890") == "1.2345678901234568e+29");
  CHECK(read_double("1e400") == "null");
  CHECK(read_double("-1e400") == "null");
  CHECK(read_double("0e400") == "0");
  CHECK(read_double("1e-400") == "0");
  CHECK(read_double("0.000001e999999999999999999") == "null");
  CHECK(read_double("1000000e-999999999999999999") == "0");
  CHECK(read_double("\"NaN\"") == "nan");
  CHECK(read_double("\"Infinity\"") == "inf");
  CHECK(read_double("\"-Infinity\"") == "-inf");
  CHECK(read_double("\"N\\u0061N\"") == "nan");
  CHECK(read_double("\"1.5\"") == "null");
  CHECK(read_double("null") == "null");
  for (const char* malformed : {"NaN", "1.", ".5", "1e", "1e+", "--1", "1.5.2", "0.5x", "\"NaN", "00.5"}) {
    INFO(malformed);
    CHECK(read_double(malformed) == "error");
  }
}

TEST_CASE("a float is a double rounded once more") {
  const Value value("0.1");
  double out = 0;
  REQUIRE(mr_json_read_float(value.p(), value.end(), &out) == kReadValue);
  CHECK(out == static_cast<double>(0.1f));
  const Value large("1e39");
  CHECK(mr_json_read_float(large.p(), large.end(), &out) == kReadNull);
}

TEST_CASE("booleans are two words") {
  CHECK(read_bool("true") == "true");
  CHECK(read_bool(" false ") == "false");
  CHECK(read_bool("null") == "null");
  CHECK(read_bool("1") == "null");
  CHECK(read_bool("truex") == "error");
  CHECK(read_bool("TRUE") == "error");
}

TEST_CASE("strings are decoded; scalars give their text, nested values theirs") {
  CHECK(read_string("\"walk\"") == "=walk");
  CHECK(read_string("\"\"") == "=");
  CHECK(read_string(" \"" + std::string(100, 'x') + "\" ") == "=" + std::string(100, 'x'));
  CHECK(read_string("\"\\u0077alk\"") == "=walk");
  CHECK(read_string("\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"") == "=a\n\t\"\\/\b\f\r");
  CHECK(read_string("\"\\u00e9\\u20ac\\ud83d\\ude00\"") == "=\u00e9\u20ac\U0001F600");
  CHECK(read_string("\"\\ud83d x \\ude00\"") == "=\ufffd x \ufffd");
  CHECK(read_string("\"\\ud83d\\u0041\"") == "=\ufffdA");
  CHECK(read_string("1.50") == "=1.50");
  CHECK(read_string("true") == "=true");
  CHECK(read_string("[1, {\"a\": \"]\"}] ") == "=[1, {\"a\": \"]\"}]");
  CHECK(read_string("null") == "null");
  for (const char* malformed : {"\"a\tb\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"a\" \"b\"", "a", "\"a", "[1"}) {
    INFO(malformed);
    CHECK(read_string(malformed) == "error");
  }
}

TEST_CASE("timestamps are ISO texts or integer seconds") {
  CHECK(read_timestamp("\"1970-01-01T00:00:01\"") == "1000000");
  CHECK(read_timestamp("\"1970-01-01 00:00:01.5\"") == "1500000");
  CHECK(read_timestamp("\"2020-03-21T10:32:11.4851239Z\"") == "1584786731485123");
  CHECK(read_timestamp("\"2020-03-21T10:32:11+02:00\"") == "1584779531000000");
  CHECK(read_timestamp("\"2020-03-21T10:32-0130\"") == "1584792120000000");
  CHECK(read_timestamp("\"2020-03-21\"") == "1584748800000000");
  CHECK(read_timestamp("1584786731") == "1584786731000000");
  CHECK(read_timestamp("-1") == "-1000000");
  CHECK(read_timestamp("9223372036854775807") == "null");
  for (const char* other : {"\"\"", "\"2020-02-30\"", "\"2020-03-21T25:00\"", "\"2020-03-21T10\"", "\"2020-3-1\"", "1.5", "true",
                            "\"2020-03-21T10:32:11 \"", "\"2020-03-21T10:32:11+\""}) {
    INFO(other);
    CHECK(read_timestamp(other) == "null");
  }
  CHECK(read_timestamp("\"2020-03-21") == "error");
}

TEST_CASE("dates are strings; binary is base64") {
  int64_t days = 0;
  const Value date("\"2020-03-21\"");
  REQUIRE(mr_json_read_date(date.p(), date.end(), &days) == kReadValue);
  CHECK(days == 18342);
  const Value time("\"2020-03-21T00:00\"");
  CHECK(mr_json_read_date(time.p(), time.end(), &days) == kReadNull);
  Value binary("\"Cv8=\"");
  StringRef bytes;
  REQUIRE(mr_json_read_binary(binary.context(), binary.p(), binary.end(), &bytes) == kReadValue);
  CHECK(std::string(bytes.data, static_cast<size_t>(bytes.size)) == "\x0a\xff");
  Value no_base64("\"C?\"");
  CHECK(mr_json_read_binary(no_base64.context(), no_base64.p(), no_base64.end(), &bytes) == kReadNull);
}
