#include "runtime/functions/elements.h"
#include "runtime/hot/time.h"

/// sequence(from, to, step): both ends belong to it, as far as the steps hit the last one.
namespace millrace::abi {

namespace {

constexpr int64_t kSequenceMax = kNestedMax / kNestedSlotBytes;

/// Appends first, at(1), at(2), … until `last` is passed. `at` gives false when the k-th value is out of range.
template <class At>
bool give_steps(const PackedCall& call, int64_t first, int64_t last, bool ascending, At at, NestedItem* out) {
  std::vector<NestedItem>& items = fresh_items();
  int64_t value = first;
  for (int64_t k = 1; ascending ? value <= last : value >= last; ++k) {
    items.push_back({NestedItem::Kind::Word, value, nullptr});
    if (!at(k, &value)) break;
  }
  return give_array(call, items, out);
}

bool goes_there(int64_t first, int64_t last, int64_t step) { return step > 0 ? first <= last : step < 0 ? first >= last : first == last; }

bool plain_steps(const PackedCall& call, int64_t step, NestedItem* out) {
  const int64_t first = call[0].word, last = call[1].word;
  if (!goes_there(first, last, step)) return false;
  if (step != 0 && (static_cast<__int128>(last) - first) / step >= kSequenceMax) return false;
  const auto at = [&](int64_t k, int64_t* value) {
    int64_t way;
    return step != 0 && !__builtin_mul_overflow(k, step, &way) && !__builtin_add_overflow(first, way, value);
  };
  return give_steps(call, first, last, step >= 0, at, out);
}

bool is_date(const PackedCall& call) { return type_of(call.code(0)) == TypeCode::Date; }

}  // namespace

extern "C" {

bool mr_sequence(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const int64_t default_step = call[0].word <= call[1].word ? 1 : -1;
  return plain_steps(call, count > 2 ? call[2].word : default_step, out);
}

bool mr_sequence_of_times(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const int64_t unit = is_date(call) ? kMicrosPerDay : 1;
  const int64_t default_step = call[0].word <= call[1].word ? kMicrosPerDay : -kMicrosPerDay;
  const int64_t step = count > 2 ? call[2].word : default_step;
  return step % unit == 0 && plain_steps(call, step / unit, out);
}

bool mr_sequence_by_months(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const int64_t first = call[0].word, last = call[1].word, months = call[2].word;
  if (!goes_there(first, last, months)) return false;
  // Every value is counted from the first: 31 January and the months after it end on their last days.
  const auto at = [&](int64_t k, int64_t* value) {
    int64_t way;
    if (months == 0 || __builtin_mul_overflow(k, months, &way)) return false;
    if (is_date(call)) {
      SqlDate date;
      const bool fits = mr_date_add_months(SqlDate{first}, SqlMonths{way}, &date);
      *value = fits ? static_cast<int64_t>(date) : *value;
      return fits;
    }
    SqlTimestamp time;
    const bool fits = mr_timestamp_add_months(ctx, SqlTimestamp{first}, SqlMonths{way}, &time);
    *value = fits ? static_cast<int64_t>(time) : *value;
    return fits;
  };
  return give_steps(call, first, last, months >= 0, at, out);
}

}  // extern "C"

}  // namespace millrace::abi
