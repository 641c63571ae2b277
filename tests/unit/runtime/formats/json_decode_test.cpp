#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/runtime/formats/json_decoding.h"

using namespace millrace;
using namespace millrace::testing;

namespace {

using abi::FieldType;

abi::ScanSpec watch_fields() {
  abi::ScanSpec spec;
  spec.fields = {{"gt", FieldType::String, 0}, {"Creation_Time", FieldType::BigInt, 0}, {"x", FieldType::Double, 0},
                 {"ok", FieldType::Boolean, 0}};
  return spec;
}

std::vector<std::string> rows_of(const std::string& text, abi::ScanSpec spec = watch_fields()) {
  CHECK(find_difference(text, spec) == "");
  return decode_rows(text, spec, best_json_sweeps(), Finding::Straight);
}

std::string one_row(const std::string& text) {
  const auto rows = rows_of(text);
  REQUIRE(rows.size() == 1);
  return rows[0];
}

class RecordWriter {
 public:
  explicit RecordWriter(uint64_t seed) : random_(seed) {}

  size_t below(size_t bound) { return random_() % bound; }

  std::string record() {
    std::vector<std::string> members = {member("gt", text()), member("Creation_Time", std::to_string(random_())),
                                        member("x", number()), member("ok", below(2) ? "true" : "false"),
                                        member("other", text()), member("Index", "[1, {\"x\": 2}]")};
    if (below(3) != 0) members.pop_back();
    if (below(4) == 0) std::shuffle(members.begin(), members.end(), random_);
    if (below(20) == 0) members.pop_back();
    std::string record = below(30) == 0 ? " {" : "{";
    for (size_t i = 0; i < members.size(); ++i) record += (i > 0 ? ", " : "") + members[i];
    record += "}";
    if (below(4) == 0) mutate(&record);
    return record + (below(10) == 0 ? "\r\n" : "\n");
  }

 private:
  std::string member(const std::string& key, const std::string& value) {
    const std::string written = below(40) == 0 ? "\\u00" + std::string("67") + key.substr(1) : key;
    return "\"" + written + "\"" + (below(40) == 0 ? " : " : ": ") + value;
  }

  std::string text() {
    static const char* const kTexts[] = {"\"walk\"", "\"\"", "null", "\"a\\\"b\"", "\"x\": 1", "\"say, \\\"x\\\": 3}\"", "\"\u00e9t\u00e9\"",
                                         "12", "\"a:b{c\"", "\"\xff\"", "\"\\ud83d\\ude00\"", "\"\\\\\"", "\"tab\there\""};
    return kTexts[below(std::size(kTexts)) < 4 ? below(4) : below(std::size(kTexts))];
  }

  std::string number() {
    static const char* const kNumbers[] = {"0.5", "-1.25", "1e-7", "1e22", "3", "null", "0.30000000000000004", "1e999", "01", "\"NaN\""};
    return kNumbers[below(std::size(kNumbers))];
  }

  void mutate(std::string* record) {
    static const std::string kBytes = "\"\\:,{}[] \n\r\t0a\x80\xc3";
    const size_t at = below(record->size());
    switch (below(4)) {
      case 0: (*record)[at] = kBytes[below(kBytes.size())]; break;
      case 1: record->erase(at, 1 + below(3)); break;
      case 2: record->insert(at, 1, kBytes[below(kBytes.size())]); break;
      default: record->resize(at); break;
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("regular records are read, whatever the order of their keys") {
  const auto rows = rows_of(R"({"Creation_Time": 5, "gt": "walk", "ok": true, "x": 0.5}
{"Creation_Time": 6, "gt": "sit", "ok": false, "x": null}
{"x": 1, "gt": null, "ok": null, "Creation_Time": null}
)");
  REQUIRE(rows == std::vector<std::string>{"'walk'|5|4602678819172646912|true|", "'sit'|6|NULL|false|",
                                           "NULL|NULL|4607182418800017408|NULL|"});
}

TEST_CASE("escapes in keys, nested values and blanks are understood") {
  CHECK(one_row(R"({"\u0067t" : "a", "o": {"x": [1, "}"]}, "Creation_Time":7})") == "'a'|7|NULL|NULL|");
  CHECK(one_row(R"(  { "gt":{"gt": 1} , "x":"\"" } )") == "'{\"gt\": 1}'|NULL|NULL|NULL|");
  CHECK(one_row("{}") == "NULL|NULL|NULL|NULL|");
}

TEST_CASE("lines that are no object are errors") {
  for (const char* line : {"x", "[1]", "{", "}", "{\"gt\":\"a}", "{\"a\":1} x", "{\"a\":1}{\"a\":2}", "{\"a\":[1}", "{\"a\":[1}]}", "\"a\"",
                           "{\"a\":1", "{}}", "null"}) {
    INFO(line);
    CHECK(one_row(line) == "error");
  }
}

TEST_CASE("what is not read is not checked, unless strict") {
  const std::string loose = R"({"gt": "a", "junk": tru, "other" 1, "more": "\x"})";
  CHECK(one_row(loose) == "'a'|NULL|NULL|NULL|");
  abi::ScanSpec strict = watch_fields();
  strict.strict = true;
  CHECK(rows_of(loose, strict) == std::vector<std::string>{"error"});
  CHECK(rows_of(R"({"gt": "a", "n": [1, 2, {"a": null}], "gt": "b"})", strict) == std::vector<std::string>{"'b'|NULL|NULL|NULL|"});
  for (const char* line : {"{\"a\":1,}", "{\"a\":01}", "{,}", "{\"a\":[1,]}", "{\"a\" 1}", "{\"a\":\"\t\"}", "{\"a\":1 \"b\":2}", "{a:1}",
                           "{\"a\":\"\xff\"}", "{\"a\":nul}", "{\"a\":}"}) {
    INFO(line);
    CHECK(rows_of(line, strict) == std::vector<std::string>{"error"});
  }
}

TEST_CASE("bad UTF-8 makes an error of a line only where it is read") {
  CHECK(one_row("{\"gt\": \"\xff\"}") == "error");
  CHECK(one_row("{\"other\": \"\xff\", \"gt\": \"a\"}") == "'a'|NULL|NULL|NULL|");
}

TEST_CASE("nesting has a limit") {
  const auto nested = [](int depth) {
    return "{\"a\":" + std::string(static_cast<size_t>(depth - 1), '[') + std::string(static_cast<size_t>(depth - 1), ']') + "}";
  };
  CHECK(one_row(nested(1024)) == "NULL|NULL|NULL|NULL|");
  CHECK(one_row(nested(1025)) == "error");
}

TEST_CASE("a value that is malformed is seen when it is read") {
  CHECK(one_row(R"({"gt": "a" "b", "x": 1.5.2, "ok": yes, "Creation_Time": 1 2})") == "!|!|!|!|");
}

TEST_CASE("records that are as expected, and some that are so but for a byte, are read the same in every way") {
  std::mt19937_64 random(7);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  const std::string odd = "\"\"::,,{}[] !0a9-";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const int64_t time = below(3) == 0 ? 9223372036854775807 - static_cast<int64_t>(below(3)) : 1584786731698422519;
    const std::string user = below(4) == 0 ? "a b!" : "abcd";
    const size_t mutated = below(12);
    for (size_t row = 0; row < 12; ++row) {
      static const char* const kActivities[] = {"sit", "stand", "walk", "stairsdown", "", "a, \"x\": 1"};
      std::string record = "{\"Creation_Time\": " + std::to_string(time - (below(2) == 0 ? static_cast<int64_t>(row) : 0)) +
                           ", \"Index\": " + std::to_string(below(10) + (below(20) == 0 ? 95 : 0)) + ", \"User\": \"" + user +
                           "\", \"gt\": \"" + kActivities[below(row == mutated ? 6 : 5)] + "\", \"ok\": " +
                           (below(2) == 0 ? "true" : "false") + ", \"x\": " + (below(3) == 0 ? "-" : "") + "0." +
                           std::to_string(random() >> below(40)) + "}";
      if (row == mutated) {
        const size_t at = below(record.size());
        if (below(2) == 0) record[at] = odd[below(odd.size())];
        else record.insert(at, 1, odd[below(odd.size())]);
        if (below(3) == 0) record.insert(below(record.size()), 1, '"');
      }
      text += record + "\n";
    }
    abi::ScanSpec spec = watch_fields();
    spec.fields.push_back({"User", FieldType::String, 0});
    if (below(2) == 0) spec.fields.erase(spec.fields.begin() + static_cast<int>(below(5)));
    const std::string difference = find_difference(text, spec);
    INFO(text);
    REQUIRE(difference == "");
  }
}

TEST_CASE("every indexer and every path give the same rows on irregular input") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    RecordWriter writer(seed);
    std::string text;
    for (int i = 0; i < 200; ++i) text += writer.record();
    INFO(seed);
    REQUIRE(find_difference(text, watch_fields()) == "");
    abi::ScanSpec strict = watch_fields();
    strict.strict = true;
    REQUIRE(find_difference(text, strict) == "");
  }
}
