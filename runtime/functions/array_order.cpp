#include <algorithm>

#include "runtime/functions/elements.h"

/// Functions that give an array's elements in another order, or each value once.
namespace millrace::abi {

namespace {

void insert_all(ElementSet& set, const Elements& elements) {
  for (int64_t i = 0; i < elements.count(); ++i) set.insert(elements[i]);
}

/// The values of the first array that are in the second one (or are not), each once.
bool filtered(const PackedCall& call, bool wanted, NestedItem* out) {
  if (call.any_null()) return false;
  const Elements left = call.array(0);
  thread_local ElementSet::Memory known_memory, kept_memory;
  ElementSet known(known_memory, left.code()), kept(kept_memory, left.code());
  insert_all(known, call.array(1));
  for (int64_t i = 0; i < left.count(); ++i) {
    if (known.contains(left[i]) == wanted) kept.insert(left[i]);
  }
  return give_array(call, kept.items(), out);
}

/// Elements in ascending or descending order; equal ones stay as they are.
bool sorted(const PackedCall& call, bool descending, bool nulls_first, NestedItem* out) {
  const Elements elements = call.array(0);
  std::vector<NestedItem>& items = fresh_items();
  for (int64_t i = 0; i < elements.count(); ++i) items.push_back(elements[i]);
  std::stable_sort(items.begin(), items.end(), [&](const NestedItem& a, const NestedItem& b) {
    if (is_null(a) || is_null(b)) return is_null(a) != is_null(b) && is_null(a) == nulls_first;
    const int order = compare_elements(a, b, elements.code());
    return descending ? order > 0 : order < 0;
  });
  return give_array(call, items, out);
}

}  // namespace

extern "C" {

bool mr_array_distinct(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  thread_local ElementSet::Memory memory;
  ElementSet values(memory, call.array(0).code());
  insert_all(values, call.array(0));
  return give_array(call, values.items(), out);
}

bool mr_array_union(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  thread_local ElementSet::Memory memory;
  ElementSet values(memory, call.array(0).code());
  insert_all(values, call.array(0));
  insert_all(values, call.array(1));
  return give_array(call, values.items(), out);
}

bool mr_array_intersect(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return filtered(PackedCall(ctx, codes, arguments, count), true, out);
}

bool mr_array_except(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return filtered(PackedCall(ctx, codes, arguments, count), false, out);
}

bool mr_sort_array(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const bool ascending = count < 2 || call[1].word != 0;
  return sorted(call, !ascending, ascending, out);
}

bool mr_array_sort(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && sorted(call, false, false, out);
}

bool mr_sort_by_orders(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  const char* const orders = call[1].data;
  thread_local std::vector<int64_t> places;
  places.clear();
  for (int64_t i = 0; i < elements.count(); ++i) places.push_back(i);
  bool known = true;
  // stable_sort stays within bounds whatever a comparator that contradicts itself says; sort would not.
  std::stable_sort(places.begin(), places.end(), [&](int64_t a, int64_t b) {
    const char* const row = nested_run(orders, a);
    known = known && !nested_is_null(row, b);
    return nested_int(row, b) < 0;
  });
  if (!known) return false;
  std::vector<NestedItem>& items = fresh_items();
  for (const int64_t place : places) items.push_back(elements[place]);
  return give_array(call, items, out);
}

bool mr_array_reverse(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  std::vector<NestedItem>& items = fresh_items();
  for (int64_t i = elements.count(); i-- > 0;) items.push_back(elements[i]);
  return give_array(call, items, out);
}

}  // extern "C"

}  // namespace millrace::abi
