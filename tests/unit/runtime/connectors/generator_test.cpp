#include "runtime/connectors/generator.h"

#include <algorithm>

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

TEST_CASE("kinds that are not built say so") {
  GeneratorOptions options;
  options.kind = "nexmark";
  GeneratorSource source(options, {});
  CHECK(source.open().message() == "not supported yet: generator kind 'nexmark'");
}
