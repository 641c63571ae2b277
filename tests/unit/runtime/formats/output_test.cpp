#include "runtime/hot/output.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "runtime/formats/output_buffer.h"

using namespace millrace;

namespace {

/// What appending gives.
template <typename Append>
std::string written(Append append) {
  abi::OutputBuffer buffer = make_output_buffer();
  append(&buffer);
  const std::string text(buffer.data, static_cast<size_t>(buffer.size));
  free_output_buffer(&buffer);
  return text;
}

std::string json_string(const std::string& text) {
  const abi::StringRef value{text.data(), static_cast<int64_t>(text.size())};
  return written([&](abi::OutputBuffer* out) { abi::mr_out_json_string(out, &value); });
}

std::string csv_string(const std::string& text) {
  const abi::StringRef value{text.data(), static_cast<int64_t>(text.size())};
  return written([&](abi::OutputBuffer* out) { abi::mr_out_csv_string(out, &value); });
}

std::string json_double(double value) {
  return written([&](abi::OutputBuffer* out) { abi::mr_out_json_double(out, value); });
}

}  // namespace

TEST_CASE("json values") {
  CHECK(json_double(0.1) == "0.1");
  CHECK(json_double(1e10) == "1.0E10");
  CHECK(json_double(std::nan("")) == "\"NaN\"");
  CHECK(json_double(-std::numeric_limits<double>::infinity()) == "\"-Infinity\"");
  CHECK(written([](abi::OutputBuffer* out) { abi::mr_out_json_int(out, INT64_MIN); }) == "-9223372036854775808");
  CHECK(written([](abi::OutputBuffer* out) { abi::mr_out_json_bool(out, true); }) == "true");
  CHECK(written([](abi::OutputBuffer* out) { abi::mr_out_json_date(out, 18342); }) == "\"2020-03-21\"");
  abi::PipelineContext context{};
  CHECK(written([&](abi::OutputBuffer* out) { abi::mr_out_json_timestamp(&context, out, 1584786731485000); }) ==
        "\"2020-03-21 10:32:11.485\"");
  const abi::StringRef bytes{"\x0a\xff", 2};
  CHECK(written([&](abi::OutputBuffer* out) { abi::mr_out_json_binary(out, &bytes); }) == "\"Cv8=\"");
  CHECK(written([&](abi::OutputBuffer* out) { abi::mr_out_text_binary(out, &bytes); }) == "[0A FF]");
}

TEST_CASE("json strings are escaped where they must be") {
  CHECK(json_string("plain text of some length \u00e9\u20ac") == "\"plain text of some length \u00e9\u20ac\"");
  CHECK(json_string("") == "\"\"");
  CHECK(json_string("say \"hi\" \\ now\n\t\x01") == "\"say \\\"hi\\\" \\\\ now\\n\\t\\u0001\"");
  for (size_t length = 0; length < 40; ++length) {
    for (size_t at = 0; at < length; ++at) {
      std::string text(length, '\x7f');
      text[at] = '"';
      std::string expected = text;
      expected.replace(at, 1, "\\\"");
      REQUIRE(json_string(text) == '"' + expected + '"');
    }
  }
}

TEST_CASE("in json strings U+FFFD stands for what is not UTF-8, wherever it is") {
  for (size_t before = 0; before < 20; ++before) {
    const std::string text(before, 'x');
    CHECK(json_string(text + "\xff") == '"' + text + "\ufffd\"");
    CHECK(json_string(text + "\xe2\x82y") == '"' + text + "\ufffdy\"");           // a character's beginning
    CHECK(json_string(text + "\xf0\x9f\x98") == '"' + text + "\ufffd\"");
    CHECK(json_string(text + "\xed\xa0\x80") == '"' + text + "\ufffd\"");         // a surrogate
    CHECK(json_string(text + "\xc0\x80\"") == '"' + text + "\ufffd\ufffd\\\"\"");  // a form that is too long
  }
}

TEST_CASE("csv fields are quoted where they must be") {
  CHECK(csv_string("plain") == "plain");
  CHECK(csv_string("") == "\"\"");
  CHECK(csv_string("a,b") == "\"a,b\"");
  CHECK(csv_string("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_string("two\nlines") == "\"two\nlines\"");
  CHECK(csv_string(" padded") == "\" padded\"");
}

TEST_CASE("rows beyond the limit are counted, not wanted") {
  abi::OutputBuffer buffer = make_output_buffer(2);
  CHECK(abi::mr_out_row_begin(&buffer));
  CHECK(abi::mr_out_row_begin(&buffer));
  CHECK_FALSE(abi::mr_out_row_begin(&buffer));
  CHECK(buffer.row_count == 3);
}

TEST_CASE("a buffer grows as it must") {
  const std::string piece(1000, 'x');
  const std::string text = written([&](abi::OutputBuffer* out) {
    for (int i = 0; i < 1000; ++i) abi::mr_out_bytes(out, piece.data(), static_cast<int64_t>(piece.size()));
  });
  CHECK(text == std::string(1'000'000, 'x'));
}
