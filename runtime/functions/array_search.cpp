#include <cstring>

#include "runtime/abi/calls/state.h"
#include "runtime/functions/elements.h"

namespace millrace::abi {

namespace {

/// The first element that is the same as `wanted`, -1 when none is; and whether a NULL was met before.
struct Found {
  int64_t at = -1;
  bool null_met = false;
};

Found find(const Elements& elements, const NestedItem& wanted) {
  Found found;
  for (int64_t i = 0; i < elements.count(); ++i) {
    const NestedItem item = elements[i];
    if (is_null(item)) {
      found.null_met = true;
    } else if (same_element(item, wanted, elements.code())) {
      found.at = i;
      return found;
    }
  }
  return found;
}

/// The least (direction -1) or greatest (1) element.
bool extreme(const PackedCall& call, int direction, NestedItem* out) {
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  NestedItem best;
  for (int64_t i = 0; i < elements.count(); ++i) {
    const NestedItem item = elements[i];
    if (is_null(item)) continue;
    if (is_null(best) || compare_elements(item, best, elements.code()) * direction > 0) best = item;
  }
  return give(best, out);
}

int64_t size_of(const PackedCall& call) {
  const bool is_map = type_of(call.code(0)) == TypeCode::Map;
  return is_map ? call.keys(0).count() : call.array(0).count();
}

}  // namespace

extern "C" {

bool mr_array_size(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && give_word(size_of(call), out);
}

bool mr_size(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return give_word(call.any_null() ? -1 : size_of(call), out);
}

bool mr_array_contains(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Found found = find(call.array(0), call[1]);
  return (found.at >= 0 || !found.null_met) && give_word(found.at >= 0 ? 1 : 0, out);
}

bool mr_array_position(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && give_word(find(call.array(0), call[1]).at + 1, out);
}

bool mr_array_element_at(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  const int64_t position = call[1].word;
  const bool there = position != 0 && position <= elements.count() && position >= -elements.count();
  return there && give(elements[position > 0 ? position - 1 : elements.count() + position], out);
}

bool mr_map_element_at(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const int64_t at = find(call.keys(0), call[1]).at;
  return at >= 0 && give(call.values(0)[at], out);
}

bool mr_map_contains_key(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && give_word(find(call.keys(0), call[1]).at >= 0 ? 1 : 0, out);
}

bool mr_array_min(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return extreme(PackedCall(ctx, codes, arguments, count), -1, out);
}

bool mr_array_max(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  return extreme(PackedCall(ctx, codes, arguments, count), 1, out);
}

bool mr_arrays_overlap(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements left = call.array(0), right = call.array(1);
  thread_local ElementSet::Memory memory;
  ElementSet known(memory, left.code());
  bool null_met = false;
  for (int64_t i = 0; i < left.count(); ++i) {
    if (is_null(left[i])) null_met = true;
    else known.insert(left[i]);
  }
  for (int64_t i = 0; i < right.count(); ++i) {
    if (is_null(right[i])) null_met = true;
    else if (known.contains(right[i])) return give_word(1, out);
  }
  const bool unknown = null_met && left.count() > 0 && right.count() > 0;
  return !unknown && give_word(0, out);
}

bool mr_array_join(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements elements = call.array(0);
  std::vector<NestedItem>& parts = fresh_items();
  int64_t size = 0;
  for (int64_t i = 0; i < elements.count(); ++i) {
    const NestedItem item = elements[i];
    if (is_null(item) && count < 3) continue;
    if (!parts.empty()) parts.push_back(call[1]);
    parts.push_back(is_null(item) ? call[2] : item);
  }
  for (const NestedItem& part : parts) size += part.word;
  if (size > kNestedMax) return false;
  char* text = mr_scratch(ctx, size);
  *out = {NestedItem::Kind::Bytes, size, text};
  for (const NestedItem& part : parts) {
    std::memcpy(text, part.data, static_cast<size_t>(part.word));
    text += part.word;
  }
  return true;
}

bool mr_string_agg(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null() || call.array(0).count() == 0) return false;
  return mr_array_join(ctx, codes, arguments, count, out);
}

}  // extern "C"

}  // namespace millrace::abi
