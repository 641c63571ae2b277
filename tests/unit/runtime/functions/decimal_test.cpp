#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/decimal.h"
#include "runtime/functions/decimal_text.h"
#include "runtime/functions/wide_integer.h"

namespace millrace {
namespace {

using abi::Decimal;
using abi::DecimalShape;

std::string text(const Decimal& value, int64_t scale) {
  char bytes[abi::kDecimalTextMax];
  return {bytes, static_cast<size_t>(abi::mr_write_decimal(&value, scale, bytes))};
}

std::string parsed(std::string_view source, int64_t precision, int64_t scale) {
  Decimal value;
  return parse_decimal(source, precision, scale, &value) ? text(value, scale) : "NULL";
}

/// a · b at 38 digits of `scale`, both of scale 0 and 38 digits at most.
template <class Function>
std::string computed(Function function, std::string_view a, std::string_view b, DecimalShape shape) {
  Decimal x, y, out;
  REQUIRE(parse_decimal(a, 38, shape.left_scale, &x));
  REQUIRE(parse_decimal(b, 38, shape.right_scale, &y));
  return function(&x, &y, shape.packed(), &out) ? text(out, shape.scale) : "NULL";
}

TEST_CASE("a quotient of 256 bits by 128 is right: q * d + r gives the dividend back, r < d") {
  std::mt19937_64 random(7);
  const auto wide = [&](int bits) {
    const Wide value = static_cast<Wide>(random()) << 64 | random();
    return bits == 0 ? Wide{0} : value >> (128 - bits);
  };
  for (int i = 0; i < 200'000; ++i) {
    const Wider dividend{wide(128), wide(static_cast<int>(random() % 129))};
    const Wide divisor = wide(1 + static_cast<int>(random() % 128)) | 1;
    const Division division = divide_wide(dividend, divisor);
    REQUIRE(division.remainder < divisor);
    const Wider low = multiply_wide(division.quotient.low, divisor);
    const Wider high = multiply_wide(division.quotient.high, divisor);
    REQUIRE(high.high == 0);
    const Wider back = add_wide(add_wide(low, {0, high.low}), {division.remainder, 0});
    REQUIRE(back.low == dividend.low);
    REQUIRE(back.high == dividend.high);
  }
}

TEST_CASE("the hard cases of long division: digits of all ones, and quotients guessed too high") {
  const Wide ones = ~Wide{0};
  for (const Wide divisor : {ones, ones - 1, (Wide{1} << 127), (Wide{1} << 127) + 1, (ones >> 64) << 64, (Wide{1} << 64)}) {
    for (const Wider& dividend : {Wider{ones, ones}, Wider{0, ones}, Wider{ones, divisor - 1}, Wider{0, divisor - 1}, Wider{0, divisor}}) {
      const Division division = divide_wide(dividend, divisor);
      const Wider low = multiply_wide(division.quotient.low, divisor);
      const Wider high = multiply_wide(division.quotient.high, divisor);
      const Wider back = add_wide(add_wide(low, {0, high.low}), {division.remainder, 0});
      CHECK(division.remainder < divisor);
      CHECK(back.low == dividend.low);
      CHECK(back.high == dividend.high);
    }
  }
}

TEST_CASE("texts are rounded half up to the scale") {
  CHECK(parsed("1.005", 3, 2) == "1.01");
  CHECK(parsed("-1.005", 3, 2) == "-1.01");
  CHECK(parsed("1.0049999", 3, 2) == "1.00");
  CHECK(parsed("9.995", 3, 2) == "NULL");
  CHECK(parsed(".5", 3, 0) == "1");
  CHECK(parsed("5.", 3, 1) == "5.0");
  CHECK(parsed("-0", 3, 1) == "0.0");
  CHECK(parsed("00012.5", 3, 1) == "12.5");
  CHECK(parsed("1e2", 3, 0) == "100");
  CHECK(parsed("1E-2", 3, 2) == "0.01");
  CHECK(parsed("12345e-3", 5, 2) == "12.35");
  CHECK(parsed("1e999999999999", 38, 0) == "NULL");
  CHECK(parsed("1e-99999999", 38, 10) == "0.0000000000");
  CHECK(parsed("0e99999999", 38, 0) == "0");
  for (const char* wrong : {"", "-", ".", "1.2.3", "1e", "1e+", "e1", "1 2", "0x1", "NaN"}) CHECK(parsed(wrong, 10, 2) == "NULL");
}

TEST_CASE("38 digits and more") {
  const std::string nines(38, '9');
  CHECK(parsed(nines, 38, 0) == nines);
  CHECK(parsed("-" + nines, 38, 0) == "-" + nines);
  CHECK(parsed(nines + "9", 38, 0) == "NULL");
  CHECK(parsed("0." + nines, 38, 38) == "0." + nines);
  CHECK(parsed("0." + nines + "4", 38, 38) == "0." + nines);
  CHECK(parsed("0." + nines + "5", 38, 38) == "NULL");
  CHECK(parsed("1234567890123456789012345678901234567890.5", 38, 0) == "NULL");
  CHECK(parsed("0.12345678901234567890123456789012345678901234567890", 38, 20) == "0.12345678901234567890");
}

TEST_CASE("results are exact, and rounded once") {
  CHECK(computed(abi::mr_decimal_multiply, "12345678901234567890", "98765432109876543210", {0, 0, 38, 0}) == "NULL");
  CHECK(computed(abi::mr_decimal_multiply, "1.5", "-1.5", {1, 1, 5, 2}) == "-2.25");
  CHECK(computed(abi::mr_decimal_multiply, "1.5", "-1.5", {1, 1, 5, 1}) == "-2.3");
  CHECK(computed(abi::mr_decimal_divide, "1", "3", {0, 0, 38, 37}) == "0.3333333333333333333333333333333333333");
  CHECK(computed(abi::mr_decimal_divide, "2", "3", {0, 0, 38, 6}) == "0.666667");
  CHECK(computed(abi::mr_decimal_divide, "-2", "3", {0, 0, 38, 6}) == "-0.666667");
  CHECK(computed(abi::mr_decimal_divide, "5", "9.9999999999999999999999999999999999999", {0, 37, 38, 6}) == "0.500000");
  CHECK(computed(abi::mr_decimal_divide, "99999999999999999999999999999999999999", "0.00000000000000000001", {0, 20, 38, 6}) == "NULL");
  CHECK(computed(abi::mr_decimal_modulo, "-7.5", "2", {1, 0, 5, 1}) == "-1.5");
  CHECK(computed(abi::mr_decimal_modulo, "1", "99999999999999999999999999999999999999", {38 - 1, 0, 38, 37}) == "1.0000000000000000000000000000000000000");
  CHECK(computed(abi::mr_decimal_add, "99999999999999999999999999999999999999", "0.5", {0, 1, 38, 0}) == "NULL");
  CHECK(computed(abi::mr_decimal_subtract, "1", "0.00000000000000000000000000000000000001", {0, 38, 38, 37}) == "1.0000000000000000000000000000000000000");
}

TEST_CASE("doubles go by their shortest text") {
  const auto of = [](double value, int64_t precision, int64_t scale) {
    Decimal out;
    return abi::mr_decimal_from_double(value, precision, scale, &out) ? text(out, scale) : "NULL";
  };
  CHECK(of(0.1, 20, 18) == "0.100000000000000000");
  CHECK(of(1e22, 38, 0) == "10000000000000000000000");
  CHECK(of(2.5, 1, 0) == "3");
  CHECK(of(1e39, 38, 0) == "NULL");
  Decimal value;
  REQUIRE(parse_decimal("0.1", 20, 18, &value));
  CHECK(abi::mr_decimal_to_double(&value, 18) == 0.1);
  REQUIRE(parse_decimal("12345678901234567890.123456789", 38, 9, &value));
  CHECK(abi::mr_decimal_to_double(&value, 9) == 12345678901234567890.123456789);
}

}  // namespace
}  // namespace millrace
