#include <algorithm>

#include "runtime/functions/elements.h"

/// Functions that make an array of other elements.
namespace millrace::abi {

namespace {

using Items = std::vector<NestedItem>;

void add_all(Items& items, const Elements& elements) {
  for (int64_t i = 0; i < elements.count(); ++i) items.push_back(elements[i]);
}

/// Longer arrays are NULL: their slots alone would be larger than a run may be.
bool is_too_long(int64_t count) { return count > kNestedMax / kNestedSlotBytes; }

}  // namespace

extern "C" {

bool mr_array_append(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (is_null(call[0])) return false;
  Items& items = fresh_items();
  add_all(items, call.array(0));
  items.push_back(call[1]);
  return give_array(call, items, out);
}

bool mr_array_prepend(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (is_null(call[0])) return false;
  Items& items = fresh_items();
  items.push_back(call[1]);
  add_all(items, call.array(0));
  return give_array(call, items, out);
}

bool mr_array_insert(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (is_null(call[0]) || is_null(call[1])) return false;
  const Elements elements = call.array(0);
  const int64_t position = call[1].word;
  if (position == 0 || is_too_long(std::abs(position))) return false;
  Items& items = fresh_items();
  add_all(items, elements);
  // -1 puts the value behind the last element, -2 in front of it.
  const int64_t at = position > 0 ? position - 1 : elements.count() + 1 + position;
  if (at < 0) items.insert(items.begin(), static_cast<size_t>(-at), NestedItem{});
  while (static_cast<int64_t>(items.size()) < at) items.push_back({});
  items.insert(items.begin() + std::max<int64_t>(at, 0), call[2]);
  return give_array(call, items, out);
}

bool mr_array_compact(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  Items& items = fresh_items();
  add_all(items, call.array(0));
  std::erase_if(items, [](const NestedItem& item) { return is_null(item); });
  return give_array(call, items, out);
}

bool mr_array_remove(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  Items& items = fresh_items();
  add_all(items, call.array(0));
  const char* code = call.array(0).code();
  std::erase_if(items, [&](const NestedItem& item) { return same_element(item, call[1], code); });
  return give_array(call, items, out);
}

bool mr_array_repeat(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (is_null(call[1]) || is_too_long(call[1].word)) return false;
  Items& items = fresh_items();
  items.resize(static_cast<size_t>(std::max<int64_t>(call[1].word, 0)), call[0]);
  return give_array(call, items, out);
}

bool mr_array_concat(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  Items& items = fresh_items();
  const char* code = call.array(0).code();  // all are of one type
  for (int64_t i = 0; i < count; ++i) add_all(items, Elements(call[i].data, code));
  return give_array(call, items, out);
}

bool mr_array_flatten(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements outer = call.array(0);
  Items& items = fresh_items();
  for (int64_t i = 0; i < outer.count(); ++i) {
    const NestedItem inner = outer[i];
    if (is_null(inner)) return false;
    add_all(items, Elements(inner.data, element_code(outer.code())));
  }
  return give_array(call, items, out);
}

bool mr_array_slice(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  const int64_t start = call[1].word, length = call[2].word;
  if (start == 0 || length < 0) return false;
  const int64_t from = start > 0 ? start - 1 : elements.count() + start;
  Items& items = fresh_items();
  for (int64_t i = from; from >= 0 && i < elements.count() && i - from < length; ++i) items.push_back(elements[i]);
  return give_array(call, items, out);
}

bool mr_arrays_zip(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  int64_t longest = 0;
  for (int64_t i = 0; i < count; ++i) longest = std::max(longest, call.array(i).count());
  Items& structs = fresh_items();
  std::vector<NestedItem> fields(static_cast<size_t>(count));
  for (int64_t row = 0; row < longest; ++row) {
    for (int64_t i = 0; i < count; ++i) {
      const Elements column = call.array(i);
      fields[static_cast<size_t>(i)] = row < column.count() ? column[row] : NestedItem{};
    }
    NestedItem zipped;
    if (!give_array(call, fields, &zipped)) return false;
    structs.push_back(zipped);
  }
  return give_array(call, structs, out);
}

}  // extern "C"

}  // namespace millrace::abi
