#include "runtime/abi/calls/list_statistics.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "runtime/functions/elements.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {

namespace {

double real_of(const NestedItem& item) { return std::bit_cast<double>(item.word); }

NestedItem item_of(double value) { return {NestedItem::Kind::Word, std::bit_cast<int64_t>(value), nullptr}; }

/// The values that are not NULL, in order.
std::vector<NestedItem>& sorted_values(const PackedCall& call) {
  std::vector<NestedItem>& items = fresh_items();
  const Elements elements = call.array(0);
  for (int64_t i = 0; i < elements.count(); ++i) {
    const NestedItem item = elements[i];
    if (!is_null(item)) items.push_back(item);
  }
  std::stable_sort(items.begin(), items.end(),
                   [&](const NestedItem& a, const NestedItem& b) { return compare_elements(a, b, elements.code()) < 0; });
  return items;
}

NestedItem between(const std::vector<NestedItem>& values, double fraction) {
  const double place = static_cast<double>(values.size() - 1) * fraction;
  const auto below = static_cast<size_t>(std::floor(place));
  const auto above = static_cast<size_t>(std::ceil(place));
  const double low = real_of(values[below]), high = real_of(values[above]);
  if (below == above || low == high) return item_of(low);
  return item_of((static_cast<double>(above) - place) * low + (place - static_cast<double>(below)) * high);
}

/// The sign says from which end: below 0 (-0.0, too) counts from the largest value.
NestedItem exact(const std::vector<NestedItem>& values, double fraction) {
  const auto rank = static_cast<int64_t>(std::ceil(std::abs(fraction) * static_cast<double>(values.size())));
  const auto at = static_cast<size_t>(std::max<int64_t>(rank - 1, 0));
  return values[std::signbit(fraction) ? values.size() - 1 - at : at];
}

/// One fraction gives a value, an ARRAY of them an ARRAY.
template <class Pick>
bool pick(const PackedCall& call, Pick value_at, NestedItem* out) {
  if (call.any_null()) return false;
  const std::vector<NestedItem> values = sorted_values(call);
  if (values.empty()) return false;
  if (type_of(call.code(1)) != TypeCode::Array) return give(value_at(values, real_of(call[1])), out);
  const Elements fractions = call.array(1);
  std::vector<NestedItem> picked;
  for (int64_t i = 0; i < fractions.count(); ++i) {
    const NestedItem fraction = fractions[i];
    picked.push_back(is_null(fraction) ? NestedItem{} : value_at(values, real_of(fraction)));
  }
  return give_array(call, picked, out);
}

struct Bin {
  double x, y;
};

/// Adds a value as a bin of its own, then makes one of the two that are nearest to each other if there are too many.
void add_to_bins(std::vector<Bin>& bins, double value, size_t most) {
  const auto at = std::lower_bound(bins.begin(), bins.end(), value, [](const Bin& bin, double v) { return bin.x < v; });
  if (at != bins.end() && at->x == value) {
    ++at->y;
    return;
  }
  bins.insert(at, {value, 1});
  if (bins.size() <= most) return;
  size_t nearest = 0;
  for (size_t i = 1; i + 1 < bins.size(); ++i) {
    if (bins[i + 1].x - bins[i].x < bins[nearest + 1].x - bins[nearest].x) nearest = i;
  }
  Bin& kept = bins[nearest];
  const Bin& next = bins[nearest + 1];
  const double count = kept.y + next.y;
  kept.x = kept.x * (kept.y / count) + next.x * (next.y / count);
  kept.y = count;
  bins.erase(bins.begin() + static_cast<std::ptrdiff_t>(nearest) + 1);
}

}  // namespace

extern "C" {

bool mr_percentile_between(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return pick(PackedCall(ctx, codes, arguments, count), between, out);
}

bool mr_percentile_exact(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return pick(PackedCall(ctx, codes, arguments, count), exact, out);
}

bool mr_mode_of_list(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const std::vector<NestedItem> values = sorted_values(call);
  if (values.empty()) return false;
  const Elements elements = call.array(0);
  int64_t most = 0;
  std::vector<size_t> best;  // where the runs of equal values that are longest begin
  for (size_t i = 0; i < values.size();) {
    size_t end = i + 1;
    while (end < values.size() && same_element(values[i], values[end], elements.code())) ++end;
    const auto length = static_cast<int64_t>(end - i);
    if (length > most) best.clear();
    if (length >= most) best.push_back(i);
    most = std::max(most, length);
    i = end;
  }
  for (int64_t i = 0; i < elements.count(); ++i) {
    for (const size_t candidate : best) {
      if (!is_null(elements[i]) && same_element(elements[i], values[candidate], elements.code())) return give(elements[i], out);
    }
  }
  return false;
}

bool mr_histogram_of_list(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null() || call[1].word < 2) return false;
  const Elements elements = call.array(0);
  std::vector<Bin> bins;
  for (int64_t i = 0; i < elements.count(); ++i) {
    const NestedItem item = elements[i];
    if (!is_null(item)) add_to_bins(bins, real_of(item), static_cast<size_t>(call[1].word));
  }
  if (bins.empty()) return false;
  NestedBuilder list(ctx);
  for (const Bin& bin : bins) {
    NestedBuilder record(ctx);
    record.add_double(bin.x);
    record.add_double(bin.y);
    StringRef run;
    if (!record.finish(&run)) return false;
    list.add_run(run);
  }
  StringRef run;
  if (!list.finish(&run)) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
