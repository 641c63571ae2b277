#include "runtime/connectors/iot_records.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>

namespace millrace {

namespace {

constexpr std::string_view kActivities[] = {"stand", "sit", "walk", "stairsdown", "unknown", "stairsup", "bike", "run"};
constexpr uint64_t kErrorRowsIn = 100;
constexpr uint64_t kLongestDelayNs = 1'000'000'000;

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_integer(char* out, int64_t value) { return std::to_chars(out, out + 20, value).ptr; }

/// As Python's repr: the shortest digits that read back the same, scientific below 1e-4, always with a point or an exponent.
char* put_double(char* out, double value) {
  bool scientific = value != 0 && std::fabs(value) < 1e-4;
  char* end = std::to_chars(out, out + 40, value, scientific ? std::chars_format::scientific : std::chars_format::fixed).ptr;
  bool is_whole = !scientific && std::memchr(out, '.', static_cast<size_t>(end - out)) == nullptr;
  return is_whole ? put(end, ".0") : end;
}

/// A number below `bound` from the upper bits, without a division.
uint64_t scaled(uint64_t random, uint64_t bound) { return ((random >> 32) * bound) >> 32; }

}  // namespace

// SplitMix64 [Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014].
uint64_t IotRecords::random() {
  random_state_ += 0x9E3779B97F4A7C15u;
  uint64_t word = random_state_;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return word ^ (word >> 31);
}

double IotRecords::random_unit() { return static_cast<double>(random() >> 11) * 0x1p-53; }

double IotRecords::triangular(double low, double high, double mode) {
  double at = random_unit();
  double split = (mode - low) / (high - low);
  if (at <= split) return low + (high - low) * std::sqrt(at * split);
  return high + (low - high) * std::sqrt((1 - at) * (1 - split));
}

char* IotRecords::append(char* out, int64_t now_ns) {
  uint64_t choice = random();
  bool is_error = choice % kErrorRowsIn == 0;
  uint64_t detail = random();
  out = put(out, "{\"Arrival_Time\": ");
  out = put_integer(out, now_ns);
  out = put(out, ", \"Creation_Time\": ");
  out = put_integer(out, now_ns - static_cast<int64_t>(scaled(choice, kLongestDelayNs)));
  int64_t index = index_++;
  if (is_error) {
    return put(out,
               ", \"Device\": null, \"Index\": null, \"Model\": null, \"User\": null, \"gt\": null, \"x\": null, \"y\": null, "
               "\"z\": null}\n");
  }
  out = put(out, (detail & 1) != 0 ? ", \"Device\": \"nexus4_1\", \"Index\": " : ", \"Device\": \"nexus4_2\", \"Index\": ");
  out = put_integer(out, index);
  out = put(out, ", \"Model\": \"nexus4\", \"User\": \"");
  *out++ = static_cast<char>('a' + scaled(detail, 26));
  out = put(out, "\", \"gt\": \"");
  out = put(out, kActivities[(detail >> 1) % 8]);
  out = put(out, "\", \"x\": ");
  out = put_double(out, triangular(-1, 1, 0.5));
  out = put(out, ", \"y\": ");
  out = put_double(out, triangular(-0.3, 0.2, 0));
  out = put(out, ", \"z\": ");
  out = put_double(out, triangular(1, 3, 1.1));
  return put(out, "}\n");
}

}  // namespace millrace
