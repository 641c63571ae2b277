#include "runtime/formats/usual_timestamp.h"

#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "runtime/formats/iso_time.h"

using namespace millrace;

namespace {

/// What is read of a text in quotes; -1: it is left to others.
int64_t read_usual(const std::string& text) {
  const std::string padded = text + "\"," + std::string(40, '~');
  int64_t local_us = -1;
  const char* end = read_usual_timestamp(padded.data(), &local_us);
  if (end == nullptr) return -1;
  CHECK(end == padded.data() + text.size());
  return local_us;
}

}  // namespace

TEST_CASE("usual times are read to the microsecond") {
  CHECK(read_usual("1970-01-01 00:00:00") == 0);
  CHECK(read_usual("1970-01-01 00:00:01.250") == 1'250'000);
  CHECK(read_usual("1970-01-02 00:01:00.000001") == 86'460'000'001);
  CHECK(read_usual("2020-02-29 23:59:59.999") == 1'583'020'799'999'000);
}

TEST_CASE("what is no usual time is left to others") {
  for (const char* text : {"", "1970-01-01", "1970-01-01 00:00", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-01-01 00:00:00.1",
                           "2019-02-29 00:00:00", "2020-13-01 00:00:00", "2020-00-01 00:00:00", "2020-01-00 00:00:00", "2020-04-31 00:00:00",
                           "2020-01-01 24:00:00", "2020-01-01 00:60:00", "2020-01-01 00:00:60", "2020-01-01 00:00:0:", "2020-01-01 00:00:00.12/",
                           "20x0-01-01 00:00:00", "2020-01-01 00:00:00.1234567", "2020/01/01 00:00:00.123", "\xb2""020-01-01 00:00:00"}) {
    INFO(text);
    CHECK(read_usual(text) == -1);
  }
}

TEST_CASE("a usual time with any byte replaced is read as the general reader reads it, or left to it") {
  std::mt19937 random(3);
  for (int round = 0; round < 200'000; ++round) {
    std::string text = std::string("2020-02-28 12:34:56.789012").substr(0, round % 3 == 0 ? 19 : round % 3 == 1 ? 23 : 26);
    for (uint32_t changes = random() % 3; changes > 0; --changes) {
      const bool to_digit = random() % 2 == 0;
      text[random() % text.size()] = static_cast<char>(to_digit ? '0' + random() % 10 : random() % 256);
    }
    if (text.find('"') != std::string::npos) continue;  // where it would end
    const int64_t usual = read_usual(text);
    if (usual == -1) continue;
    int64_t general = 0;
    INFO(text);
    REQUIRE(parse_iso_timestamp(text, nullptr, &general));
    REQUIRE(usual == general);
  }
}
