#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/formats/csv_locate.h"
#include "runtime/formats/csv_record.h"
#include "runtime/formats/line_decoder.h"
#include "runtime/hot/csv.h"
#include "runtime/state/arena.h"

using namespace millrace;

namespace {

using Texts = std::vector<std::string>;

/// The fields of one record by position, NULLs as `<null>`.
Texts locate(const std::string& record, int columns, abi::ScanSpec spec = {}) {
  spec.format = abi::Format::Csv;
  for (int32_t i = 0; i < columns; ++i) spec.fields.push_back({"", abi::FieldType::String, columns - 1 - i});
  LineDecoder decoder({.format = abi::Format::Csv, .delimiter = spec.delimiter});
  std::memcpy(decoder.reserve(record.size()), record.data(), record.size());
  decoder.commit(record.size());
  abi::LineBlock block;
  REQUIRE(decoder.next_block(&block, true));
  abi::Arena arena;
  abi::PipelineContext context{};
  context.scratch = &arena;
  abi::CsvScan* scan = csv_scan_create(spec);
  std::vector<abi::StringRef> fields(static_cast<size_t>(columns));
  Texts texts;
  if (!abi::mr_csv_locate(&context, scan, &block, 0, fields.data())) {
    texts = {"malformed"};
  } else {
    for (size_t i = fields.size(); i-- > 0;) {
      texts.push_back(fields[i].data == nullptr ? "<null>" : std::string(fields[i].data, static_cast<size_t>(fields[i].size)));
    }
  }
  csv_scan_destroy(scan);
  return texts;
}

/// A field with readable bytes behind it.
struct Field {
  explicit Field(const std::string& value) : text(value + std::string(64, '7')), ref{text.data(), static_cast<int64_t>(value.size())} {}
  const abi::StringRef* get() const { return &ref; }

  std::string text;
  abi::StringRef ref;
};

std::string read_csv_int(const std::string& text) {
  const Field field(text);
  int64_t out = 0;
  return abi::mr_csv_read_int(&field.ref, INT64_MIN, INT64_MAX, &out) == abi::kReadValue ? std::to_string(out) : "null";
}

double read_csv_double(const std::string& text) {
  const Field field(text);
  double out = 0;
  return abi::mr_csv_read_double(&field.ref, &out) == abi::kReadValue ? out : -99;
}

}  // namespace

TEST_CASE("fields are split, unquoted and told from NULL") {
  CHECK(locate("a,b,c", 3) == Texts{"a", "b", "c"});
  CHECK(locate("a,b", 3) == Texts{"a", "b", "<null>"});
  CHECK(locate("a,b,c,d", 2) == Texts{"a", "b"});
  CHECK(locate(",\"\",", 3) == Texts{"<null>", "", "<null>"});
  CHECK(locate("\"a,b\",\"x\"\"y\",\"p\\\"q\\\\\"", 3) == Texts{"a,b", "x\"y", "p\"q\\"});
  CHECK(locate(" a , b", 2) == Texts{" a ", " b"});
  CHECK(locate("5\" pipe,x", 2) == Texts{"5\" pipe", "x"});
  CHECK(locate("\"a\"tail,b", 2) == Texts{"atail", "b"});
  CHECK(locate("\"a,b", 2) == Texts{"malformed"});
  abi::ScanSpec semicolons;
  semicolons.delimiter = ';';
  CHECK(locate("x;y", 2, semicolons) == Texts{"x", "y"});
  abi::ScanSpec with_null;
  with_null.null_value = "NA";
  CHECK(locate("NA,x,", 3, with_null) == Texts{"<null>", "x", "<null>"});
}

TEST_CASE("csv numbers are texts that fit, or NULL") {
  CHECK(read_csv_int("12") == "12");
  CHECK(read_csv_int("007") == "7");
  CHECK(read_csv_int("-9223372036854775808") == "-9223372036854775808");
  CHECK(read_csv_int("+5") == "5");
  CHECK(read_csv_int("00000000000000000000000000012") == "12");
  for (const char* text : {"", " 1", "1 ", "1.0", "x", "-", "+", "+-1", "99999999999999999999"}) {
    INFO(text);
    CHECK(read_csv_int(text) == "null");
  }
  CHECK(read_csv_double("1.5") == 1.5);
  CHECK(read_csv_double("-1.5e3") == -1500);
  CHECK(read_csv_double("01.5") == 1.5);
  CHECK(read_csv_double("x") == -99);
}

TEST_CASE("csv booleans, dates and times") {
  bool flag = false;
  CHECK(abi::mr_csv_read_bool(Field("TRUE").get(), &flag) == abi::kReadValue);
  CHECK(flag);
  CHECK(abi::mr_csv_read_bool(Field("yes").get(), &flag) == abi::kReadNull);
  int64_t value = 0;
  CHECK(abi::mr_csv_read_date(Field("1970-01-02").get(), &value) == abi::kReadValue);
  CHECK(value == 1);
  abi::PipelineContext context{};
  CHECK(abi::mr_csv_read_timestamp(&context, Field("1970-01-01T00:00:01Z").get(), &value) == abi::kReadValue);
  CHECK(value == 1'000'000);
  CHECK(abi::mr_csv_read_timestamp(&context, Field("soon").get(), &value) == abi::kReadNull);
}
