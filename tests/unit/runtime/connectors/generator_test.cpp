#include "runtime/connectors/generator.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "runtime/connectors/records/wiki_pages.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

std::string generate(const GeneratorOptions& options) {
  GeneratorSource source(options, {});
  REQUIRE(source.open().ok());
  return read_all(source, 100'000);
}

}  // namespace

TEST_CASE("the same seed and start time give the same bytes") {
  GeneratorOptions options;
  options.rows = 2000;
  options.start_time_ns = 1584786731485499800;
  std::string first = generate(options);
  CHECK(std::count(first.begin(), first.end(), '\n') == 2000);
  CHECK(first == generate(options));
  options.seed = 2;
  CHECK(first != generate(options));
}

TEST_CASE("records have sorted keys and a clock that goes by the rate") {
  GeneratorOptions options;
  options.rows = 2;
  options.rate = 1000;
  options.start_time_ns = 1'000'000'000'000;
  std::string text = generate(options);
  CHECK(text.starts_with("{\"Arrival_Time\": 1000000000000, \"Creation_Time\": 999"));
  CHECK(text.find("{\"Arrival_Time\": 1000001000000, \"Creation_Time\": ") != std::string::npos);
  CHECK(text.find(", \"Device\": \"nexus4_") != std::string::npos);
  CHECK(text.find(", \"Index\": 1, \"Model\": \"nexus4\", \"User\": \"") != std::string::npos);
}

TEST_CASE("about one row in a hundred has nothing but its times") {
  GeneratorOptions options;
  options.rows = 20'000;
  std::string text = generate(options);
  size_t errors = 0;
  for (size_t at = text.find("\"gt\": null"); at != std::string::npos; at = text.find("\"gt\": null", at + 1)) ++errors;
  CHECK(errors > 100);
  CHECK(errors < 300);
}

TEST_CASE("doubles are never in a form that Python would not print") {
  GeneratorOptions options;
  options.rows = 50'000;
  std::string text = generate(options);
  for (const char* key : {"\"x\": ", "\"y\": ", "\"z\": "}) {
    for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
      size_t begin = at + 5;
      std::string number = text.substr(begin, text.find_first_of(",}", begin) - begin);
      if (number == "null") continue;
      bool has_point = number.find('.') != std::string::npos || number.find('e') != std::string::npos;
      bool small = std::abs(std::stod(number)) < 1e-4 && std::stod(number) != 0;
      if (!has_point || small != (number.find('e') != std::string::npos)) FAIL_CHECK(number);
    }
  }
}

TEST_CASE("a rate is kept") {
  GeneratorOptions options;
  options.rate = 2000;
  GeneratorSource source(options, {});
  REQUIRE(source.open().ok());
  std::vector<char> buffer(1 << 20);
  int64_t rows = 0;
  for (int i = 0; i < 10; ++i) {
    ReadResult got = source.read(buffer, 10'000);
    rows += std::count(buffer.data(), buffer.data() + got.bytes, '\n');
  }
  CHECK(rows >= 1);
  CHECK(rows < 1000);
}

TEST_CASE("kinds that there are not are refused") {
  GeneratorOptions options;
  options.kind = "nexmark";
  GeneratorSource source(options, {});
  CHECK(source.open().message() == "there is no generator kind 'nexmark'");
}

TEST_CASE("the second watch has sorted keys and hearts that beat 60 to 200 times a minute") {
  GeneratorOptions options;
  options.kind = "iot2";
  options.rows = 20'000;
  options.start_time_ns = 1'000'000'000'000;
  std::string text = generate(options);
  CHECK(text.starts_with("{\"Arrival_Time\": 1000000000000, \"Creation_Time\": 999"));
  CHECK(text.find(", \"Device\": \"smartWatchX12\", \"Index\": ") != std::string::npos);
  CHECK(text.find(", \"Device\": \"smartWatchX0") == std::string::npos);
  int64_t beats = 0;
  int64_t errors = 0;
  for (size_t at = text.find("\"bpm\": "); at != std::string::npos; at = text.find("\"bpm\": ", at + 1)) {
    if (text.compare(at + 7, 4, "null") == 0) {
      ++errors;
      continue;
    }
    ++beats;
    int64_t bpm = std::stoll(text.substr(at + 7, 4));
    if (bpm < 60 || bpm > 200) FAIL_CHECK(bpm);
  }
  CHECK(beats + errors == 20'000);
  CHECK(errors > 100);
  CHECK(errors < 300);
}

TEST_CASE("quotes have accents, no-break spaces and doubled blanks") {
  GeneratorOptions options;
  options.kind = "quotes";
  options.rows = 500;
  std::string text = generate(options);
  for (const char* part : {"{\"character\": \"", ", \"quote\": \"", "\xC2\xA0!", "\xE2\x80\xAF?", "  ", "\xC3\xA9", "\\\"fresh\\\""}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("every kind of record is reproducible, fits its bound, and is a line") {
  for (const RecordKind& kind : kRecordKinds) {
    CAPTURE(kind.name);
    auto first = kind.make(7);
    auto second = kind.make(7);
    std::vector<char> one(RecordMaker::kLongestRecord);
    std::vector<char> two(RecordMaker::kLongestRecord);
    for (int i = 0; i < 5000; ++i) {
      std::string_view a(one.data(), static_cast<size_t>(first->append(one.data(), i * 1'000'000'000LL) - one.data()));
      std::string_view b(two.data(), static_cast<size_t>(second->append(two.data(), i * 1'000'000'000LL) - two.data()));
      if (a != b || a.size() > RecordMaker::kLongestRecord || a.find('\n') != a.size() - 1 || a[0] != '{') FAIL_CHECK(a);
    }
  }
}

TEST_CASE("changes of wiki pages touch the French Wikipedia and its sensitive pages") {
  GeneratorOptions options;
  options.kind = "wikimedia";
  options.rows = 20'000;
  options.start_time_ns = 1'585'047'749'000'000'000;
  std::string text = generate(options);
  for (const char* part : {"{\"$schema\":\"/mediawiki/recentchange/1.0.0\",\"meta\":{\"uri\":\"https://", "\"dt\":\"2020-03-24T11:02:",
                           "\"type\":\"edit\"", "\"type\":\"new\"", "\"type\":\"log\"", "\"type\":\"categorize\"", "\"wiki\":\"frwiki\"",
                           "\"title\":\"Vaccination\"", "\"length\":{\"old\":", "\"revision\":{\"new\":", "<a href=\\\"/wiki/", "\"bot\":true"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("the list of sensitive pages holds what the made-up changes touch") {
  std::ifstream file(MILLRACE_SOURCE_FOLDER "/queries/data/pages_sensibles.csv");
  std::string list((std::istreambuf_iterator<char>(file)), {});
  REQUIRE_FALSE(list.empty());
  for (std::string_view page : sensitive_pages()) {
    CAPTURE(page);
    CHECK(list.find("\n" + std::string(page) + ";") != std::string::npos);
  }
}
