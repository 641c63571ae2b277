#include <charconv>
#include <cmath>

#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"
#include "runtime/connectors/records/watch_rules.h"

namespace millrace {

namespace {

constexpr std::string_view kActivities[] = {"stand", "sit", "walk", "stairsdown", "unknown", "stairsup", "bike", "run"};

/// As Python's repr: the shortest digits that read back the same, scientific below 1e-4, always with a point or an exponent.
char* put_double(char* out, double value) {
  bool scientific = value != 0 && std::fabs(value) < 1e-4;
  char* end = std::to_chars(out, out + 40, value, scientific ? std::chars_format::scientific : std::chars_format::fixed).ptr;
  bool is_whole = !scientific && std::memchr(out, '.', static_cast<size_t>(end - out)) == nullptr;
  return is_whole ? put(end, ".0") : end;
}

/// The records of the lab's watches: sorted keys, `, ` and `: ` between, doubles as Python prints them; about one in a hundred is an error
/// row that has nothing but its two times.
class IotRecords final : public RecordMaker {
 public:
  explicit IotRecords(uint64_t seed) : random_(seed) {}

  char* append(char* out, int64_t now_ns) override;

 private:
  double triangular(double low, double high, double mode);

  RandomNumbers random_;
  int64_t index_ = 0;
};

double IotRecords::triangular(double low, double high, double mode) {
  double at = random_.unit();
  double split = (mode - low) / (high - low);
  if (at <= split) return low + (high - low) * std::sqrt(at * split);
  return high + (low - high) * std::sqrt((1 - at) * (1 - split));
}

char* IotRecords::append(char* out, int64_t now_ns) {
  uint64_t choice = random_.next();
  bool is_error = choice % kErrorRowsIn == 0;
  uint64_t detail = random_.next();
  out = put(out, "{\"Arrival_Time\": ");
  out = put_integer(out, now_ns);
  out = put(out, ", \"Creation_Time\": ");
  out = put_integer(out, now_ns - static_cast<int64_t>(RandomNumbers::scaled(choice, kLongestDelayNs)));
  int64_t index = index_++;
  if (is_error) {
    return put(out,
               ", \"Device\": null, \"Index\": null, \"Model\": null, \"User\": null, \"gt\": null, \"x\": null, \"y\": null, "
               "\"z\": null}\n");
  }
  out = put(out, (detail & 1) != 0 ? ", \"Device\": \"nexus4_1\", \"Index\": " : ", \"Device\": \"nexus4_2\", \"Index\": ");
  out = put_integer(out, index);
  out = put(out, ", \"Model\": \"nexus4\", \"User\": \"");
  *out++ = static_cast<char>('a' + RandomNumbers::scaled(detail, 26));
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

}  // namespace

std::unique_ptr<RecordMaker> make_iot_records(const RecordSettings& settings) { return std::make_unique<IotRecords>(settings.seed); }

}  // namespace millrace
