#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/hot/number_parse.h"
#include "runtime/state/arena.h"

namespace {

using namespace millrace;
using namespace millrace::abi;

/// What the hot readers may look at behind a number.
constexpr size_t kReadable = 64;

void require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s: %s\n", what, text.c_str());
  std::abort();
}

bool same(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b)); }

/// The straight way finds what strtod finds, where it says anything.
void check_plain(const std::string& text) {
  std::string padded = text + ",";
  padded.resize(padded.size() + kReadable);
  const PlainNumber number = find_plain_number(padded.data());
  if (!number.straight) return;
  require(number.size >= 0 && static_cast<size_t>(number.size) <= text.size(), "a number beyond its text", text);
  const std::string digits = text.substr(0, static_cast<size_t>(number.size));
  require(same(plain_number_value(padded.data(), number, false), std::strtod(digits.c_str(), nullptr)), "not the nearest double", digits);
}

/// As a value of a json record.
void check_json(const std::string& text) {
  std::string padded = text + "}";
  const size_t size = padded.size();
  padded.resize(size + kReadable);
  const char* begin = padded.data();
  int64_t integer = 0;
  double real = 0;
  const bool is_integer = mr_json_read_int_slow(begin, begin + size, INT64_MIN, INT64_MAX, &integer) == kReadValue;
  const bool is_real = mr_json_read_double_slow(begin, begin + size, &real) == kReadValue;
  require(!is_integer || (is_real && real == static_cast<double>(integer)), "an integer that is another double", text);
}

/// What is printed of a double reads back as the same.
void check_casts(const std::string& text) {
  Arena arena;
  PipelineContext context{};
  context.scratch = &arena;
  const StringRef string{text.data(), static_cast<int64_t>(text.size())};
  int64_t integer = 0;
  double real = 0;
  (void)mr_cast_string_to_int(&string, &integer);
  (void)mr_cast_string_to_tinyint(&string, &integer);
  (void)mr_cast_string_to_bigint(&string, &integer);
  if (!mr_cast_string_to_double(&string, &real)) return;
  StringRef printed;
  mr_cast_double_to_string(&context, real, &printed);
  double again = 0;
  require(mr_cast_string_to_double(&printed, &again) && same(real, again), "a double that does not read back", text);
  (void)mr_cast_string_to_float(&string, &real);
}

void check_decimals(const std::string& text) {
  const StringRef string{text.data(), static_cast<int64_t>(text.size())};
  Decimal value;
  for (const int64_t scale : {0, 2, 18}) (void)mr_csv_read_decimal(&string, 38, scale, &value);
}

}  // namespace

/// Numbers as text, on every way by which they are read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_plain(text);
  check_json(text);
  check_casts(text);
  check_decimals(text);
  return 0;
}
