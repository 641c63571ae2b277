#include "runtime/hot/number_parse.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

using namespace millrace::abi;

namespace {

/// The text in front of enough readable bytes.
struct Padded {
  explicit Padded(const std::string& text) { std::snprintf(bytes, sizeof bytes, "%s,", text.c_str()); }
  char bytes[128] = {};
};

uint64_t bits_of(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

void check_against_strtod(const std::string& text) {
  const Padded padded(text);
  const PlainNumber number = find_plain_number(padded.bytes);
  REQUIRE(number.straight);
  REQUIRE(number.size == static_cast<int>(text.size()));
  const double value = plain_number_value(padded.bytes, number, false);
  if (bits_of(value) != bits_of(std::strtod(text.c_str(), nullptr))) FAIL(text);
}

}  // namespace

TEST_CASE("digits of any length up to nineteen have their value") {
  std::mt19937_64 random(1);
  for (int count = 1; count <= 19; ++count) {
    for (int i = 0; i < 1000; ++i) {
      std::string text;
      for (int d = 0; d < count; ++d) text += static_cast<char>('0' + random() % 10);
      const Padded padded("xxxxxxxx" + text);
      REQUIRE(digits_value(padded.bytes + 8, count) == std::strtoull(text.c_str(), nullptr, 10));
    }
  }
}

TEST_CASE("a plain number is the nearest double, as strtod says") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 1'000'000; ++i) {
    const int fraction = static_cast<int>(random() % 20);
    const int whole = 1 + static_cast<int>(random() % 19);
    std::string text;
    if (whole + fraction > 19) {
      text.assign(1, '0');
    } else {
      text += static_cast<char>('1' + random() % 9);
      for (int d = 1; d < whole; ++d) text += static_cast<char>('0' + random() % 10);
    }
    if (fraction > 0) text += '.';
    for (int d = 0; d < fraction; ++d) text += static_cast<char>('0' + random() % 10);
    check_against_strtod(text);
  }
}

TEST_CASE("numbers half way between two doubles round to even") {
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    // 54 bits with the last one set lie half way; up to four binary digits are also decimal fractions of as many digits.
    const uint64_t significand = (uint64_t{1} << 53 | random() >> 11) | 1;
    const int shift = static_cast<int>(random() % 4);
    const uint64_t whole = significand >> shift;
    uint64_t rest = significand & ((uint64_t{1} << shift) - 1);
    std::string text = std::to_string(whole);
    if (shift > 0) text += '.';
    for (int d = 0; d < shift; ++d) {
      rest *= 10;
      text += static_cast<char>('0' + (rest >> shift));
      rest &= (uint64_t{1} << shift) - 1;
    }
    if (text.size() <= 19) check_against_strtod(text);
  }
  check_against_strtod("9007199254740993");
  check_against_strtod("9007199254740993.0");
  check_against_strtod("18014398509481985.0");
}

TEST_CASE("doubles print and read back the same") {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> uniform(0, 1);
  char text[64];
  for (int i = 0; i < 500'000; ++i) {
    const double value = uniform(random) * (random() % 3 == 0 ? 1000 : 1);
    std::snprintf(text, sizeof text, "%.*f", 17, value);
    const PlainNumber number = find_plain_number(Padded(text).bytes);
    if (number.straight) check_against_strtod(text);
  }
}

TEST_CASE("what JSON's grammar refuses is not taken straight") {
  for (const char* text : {"", ".5", "5.", "01", "00.5", "12345678901234567890", "0.12345678901234567890", "123456789.12345678901"}) {
    INFO(text);
    REQUIRE_FALSE(find_plain_number(Padded(text).bytes).straight);
  }
}
