#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"
#include "runtime/connectors/records/watch_rules.h"

namespace millrace {

namespace {

constexpr int64_t kDevices = 12;
constexpr int64_t kSlowestBpm = 60;
constexpr int64_t kFastestBpm = 200;

/// The records of the lab's second watches, laid out as those of the first: the same users, with the beats of their hearts.
class Iot2Records final : public RecordMaker {
 public:
  explicit Iot2Records(uint64_t seed) : random_(seed) {}

  char* append(char* out, int64_t now_ns) override {
    bool is_error = random_.once_in(kErrorRowsIn);
    int64_t index = index_++;
    out = put(out, "{\"Arrival_Time\": ");
    out = put_integer(out, now_ns);
    out = put(out, ", \"Creation_Time\": ");
    out = put_integer(out, now_ns - static_cast<int64_t>(random_.below(kLongestDelayNs)));
    if (is_error) {
      return put(out, ", \"Device\": null, \"Index\": null, \"Model\": null, \"User\": null, \"bpm\": null}\n");
    }
    out = put(out, ", \"Device\": \"smartWatchX");
    out = put_integer(out, 1 + static_cast<int64_t>(random_.below(kDevices)));
    out = put(out, "\", \"Index\": ");
    out = put_integer(out, index);
    out = put(out, ", \"Model\": \"smartWatch\", \"User\": \"");
    *out++ = static_cast<char>('a' + random_.below(26));
    out = put(out, "\", \"bpm\": ");
    out = put_integer(out, kSlowestBpm + static_cast<int64_t>(random_.below(kFastestBpm - kSlowestBpm + 1)));
    return put(out, "}\n");
  }

 private:
  RandomNumbers random_;
  int64_t index_ = 0;
};

}  // namespace

std::unique_ptr<RecordMaker> make_iot2_records(const RecordSettings& settings) { return std::make_unique<Iot2Records>(settings.seed); }

}  // namespace millrace
