#include "runtime/abi/calls/nested.h"
#include "runtime/functions/elements.h"

namespace millrace::abi {

namespace {

using Items = std::vector<NestedItem>;

/// `entries` are keys and values in turn.
bool give_map(const PackedCall& call, const Items& entries, NestedItem* out) {
  StringRef run;
  if (!mr_map_make(call.context, entries.data(), static_cast<int64_t>(entries.size() / 2), &run)) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

bool give_part(const NestedItem& map, const char* (*part)(const char*), NestedItem* out) {
  // The run of the part ends where its own header says: an empty map has none.
  if (nested_count(map.data) == 0) {
    *out = {NestedItem::Kind::Run, kNestedHeaderBytes, kEmptyRun};
    return true;
  }
  const StringRef run = nested_bytes(map.data, part == map_keys ? 0 : 1);
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

bool split_text(const PackedCall& call, const StringRef& text, const StringRef& pattern, int64_t limit, StringRef* run) {
  return mr_split_limited(call.context, &text, &pattern, limit, run);
}

}  // namespace

extern "C" {

bool mr_map_keys_array(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && give_part(call[0], map_keys, out);
}

bool mr_map_values_array(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  return !call.any_null() && give_part(call[0], map_values, out);
}

bool mr_map_entries(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements keys = call.keys(0), values = call.values(0);
  Items& structs = fresh_items();
  for (int64_t i = 0; i < keys.count(); ++i) {
    const NestedItem fields[2] = {keys[i], values[i]};
    NestedItem entry;
    if (!give_array(call, fields, 2, &entry)) return false;
    structs.push_back(entry);
  }
  return give_array(call, structs, out);
}

bool mr_map_from_arrays(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements keys = call.array(0), values = call.array(1);
  if (keys.count() != values.count()) return false;
  Items& entries = fresh_items();
  for (int64_t i = 0; i < keys.count(); ++i) {
    entries.push_back(keys[i]);
    entries.push_back(values[i]);
  }
  return give_map(call, entries, out);
}

bool mr_map_from_entries(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements structs = call.array(0);
  const char* key = first_field(structs.code());
  const char* value = next_field(key);
  Items& entries = fresh_items();
  for (int64_t i = 0; i < structs.count(); ++i) {
    const NestedItem entry = structs[i];
    if (is_null(entry)) return false;
    entries.push_back(Elements(entry.data, field_code(key))[0]);
    entries.push_back(Elements(entry.data, field_code(value))[1]);
  }
  return give_map(call, entries, out);
}

bool mr_map_concat(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  Items& entries = fresh_items();
  for (int64_t i = 0; i < count; ++i) {
    const Elements keys = call.keys(i), values = call.values(i);
    for (int64_t k = 0; k < keys.count(); ++k) {
      entries.push_back(keys[k]);
      entries.push_back(values[k]);
    }
  }
  return give_map(call, entries, out);
}

bool mr_str_to_map(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const StringRef between_entries = count > 1 ? call.text(1) : StringRef{",", 1};
  const StringRef before_value = count > 2 ? call.text(2) : StringRef{":", 1};
  const char* const text_code = "s";
  StringRef run;
  if (!split_text(call, call.text(0), between_entries, 0, &run)) return false;
  const Elements parts(run.data, text_code);
  Items& entries = fresh_items();
  for (int64_t i = 0; i < parts.count(); ++i) {
    const NestedItem part = parts[i];
    if (!split_text(call, {part.data, part.word}, before_value, 2, &run)) return false;
    const Elements pair(run.data, text_code);
    entries.push_back(pair[0]);
    entries.push_back(pair.count() > 1 ? pair[1] : NestedItem{});
  }
  return give_map(call, entries, out);
}

}  // extern "C"

}  // namespace millrace::abi
