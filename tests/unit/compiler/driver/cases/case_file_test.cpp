#include "compiler/driver/cases/case_file.h"

#include <catch2/catch.hpp>

using namespace millrace;

namespace {

constexpr std::string_view kText = R"(# About counting.

==== case count counts
---- sql
SELECT 1;

SELECT 2;
---- input s
{"a":1}
---- batch
{"a":2}
---- expect query 2
---- batch 0
{"n":1}
---- batch 1
{"n":2}

==== case another
---- sql
SELECT 3;
)";

}  // namespace

TEST_CASE("a case file is read into cases and sections and printed as it was") {
  const Result<CaseFile> file = parse_case_file("a.test", kText);
  REQUIRE(file);
  REQUIRE(file->cases.size() == 2);
  const TestCase& test = file->cases[0];
  CHECK(test.name == "count counts");
  CHECK(test.find("sql")->lines == std::vector<std::string>{"SELECT 1;", "", "SELECT 2;"});
  CHECK(test.find("input")->argument == "s");
  CHECK(test.find("expect")->argument == "query 2");
  CHECK(test.find("final") == nullptr);
  CHECK(print_case_file(*file) == kText);
}

TEST_CASE("batches are cut at their markers, with or without one in front, and numbered") {
  const auto cut = split_batches({"a", "---- batch", "b", "c"});
  REQUIRE(cut.size() == 2);
  CHECK(cut[0].lines == std::vector<std::string>{"a"});
  CHECK(cut[1].number == 1);
  CHECK(cut[1].lines == std::vector<std::string>{"b", "c"});
  const auto numbered = split_batches({"---- batch 0", "a", "---- batch 7", "b"});
  REQUIRE(numbered.size() == 2);
  CHECK(numbered[0].number == 0);
  CHECK(numbered[1].number == 7);
}

TEST_CASE("a malformed case file is refused with its line") {
  CHECK(parse_case_file("a.test", "").error().message() == "a.test:1: there is no '==== case NAME'");
  CHECK(parse_case_file("a.test", "==== case x\n---- sqk\n").error().message() == "a.test:2: unknown section 'sqk'");
  CHECK(parse_case_file("a.test", "\n---- sql\n").error().message() ==
        "a.test:2: a section before the first '==== case NAME'");
}
