#include "runtime/formats/schema_inference.h"

#include <catch2/catch.hpp>

using namespace millrace;

namespace {

using abi::FieldType;
using Columns = std::vector<InferredColumn>;

std::vector<FieldType> csv_types(const std::string& text) {
  std::vector<FieldType> types;
  for (const InferredColumn& column : infer_csv_schema(text, {})) types.push_back(column.type);
  return types;
}

}  // namespace

TEST_CASE("csv columns have the header's names and the tightest types") {
  CsvInference options;
  options.dialect.delimiter = ';';
  options.header = true;
  CHECK(infer_csv_schema("\xef\xbb\xbfUser;FirstName;n\na;Anna;1\nb;\"B;b\";2\n", options) ==
        Columns{{"User", FieldType::String}, {"FirstName", FieldType::String}, {"n", FieldType::Int}});
}

TEST_CASE("csv types widen along Spark's lattice") {
  CHECK(csv_types("1,1,1,1\n2,3000000000,1.5,x\n") ==
        std::vector{FieldType::Int, FieldType::BigInt, FieldType::Double, FieldType::String});
  CHECK(csv_types("true,2020-03-21T10:00:00,2020-03-21,007\nFALSE,2020-03-21T10:00:00.5Z,2020-03-22,8\n") ==
        std::vector{FieldType::Boolean, FieldType::Timestamp, FieldType::String, FieldType::Int});
  CHECK(csv_types("true,,1d,99999999999999999999\n1,,NaN,1\n") ==
        std::vector{FieldType::String, FieldType::String, FieldType::Double, FieldType::Double});
}

TEST_CASE("without a header columns are numbered; rows may be short or long") {
  CHECK(infer_csv_schema("1,a\n2\n3,b,c\n", {}) == Columns{{"_c0", FieldType::Int}, {"_c1", FieldType::String}});
  CHECK(infer_csv_schema("", {}).empty());
}

TEST_CASE("json keys become columns in order of appearance") {
  CHECK(infer_json_schema("{\"b\": 1, \"a\": null, \"c\": [1]}\n\nnonsense\n{\"\\u0061\": true, \"b\": 2.5, \"d\": 9223372036854775808}\n") ==
        Columns{{"b", FieldType::Double}, {"a", FieldType::Boolean}, {"c", FieldType::String}, {"d", FieldType::Double}});
}
