#include "runtime/functions/nested_builder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace millrace {

using abi::NestedItem;
using abi::StringRef;

namespace {

/// One form for every NaN: equal values have equal bytes.
int64_t bits_of(double value) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  int64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

bool item_is_run(const NestedItem& item) { return item.kind == NestedItem::Kind::Run; }
bool has_bytes(const NestedItem& item) { return item_is_run(item) || item.kind == NestedItem::Kind::Bytes; }

int64_t aligned(int64_t at) { return (at + 7) & ~int64_t{7}; }

/// Where the bytes of `item` begin if all before it end at `at`.
int64_t place_of(const NestedItem& item, int64_t at) { return item_is_run(item) ? aligned(at) : at; }

bool same_key(const NestedItem& a, const NestedItem& b) {
  if (a.kind != b.kind || a.word != b.word) return false;
  return a.kind == NestedItem::Kind::Word || std::memcmp(a.data, b.data, static_cast<size_t>(a.word)) == 0;
}

}  // namespace

void NestedBuilder::add_decimal(const abi::Decimal& value) {
  char* bytes = abi::mr_scratch(context_, sizeof value);
  std::memcpy(bytes, &value, sizeof value);
  add_bytes({bytes, sizeof value});
}

void NestedBuilder::add_double(double value) { add_int(bits_of(value)); }

void NestedBuilder::add_element(const char* run, int64_t i, abi::TypeCode type) {
  if (abi::nested_is_null(run, i)) return add_null();
  if (abi::is_nested(type)) return add_run(abi::nested_bytes(run, i));
  if (abi::is_bytes(type)) return add_bytes(abi::nested_bytes(run, i));
  add_int(abi::nested_int(run, i));
}

void NestedBuilder::grow() {
  constexpr int64_t kFirst = 8;
  capacity_ = std::max(kFirst, capacity_ * 2);
  auto* larger = reinterpret_cast<NestedItem*>(
      abi::mr_scratch(context_, capacity_ * static_cast<int64_t>(sizeof(NestedItem))));
  if (count_ > 0) std::memcpy(larger, items_, static_cast<size_t>(count_) * sizeof(NestedItem));
  items_ = larger;
}

bool make_map(abi::PipelineContext* context, StringRef keys, StringRef values, StringRef* out) {
  const NestedItem parts[2] = {{NestedItem::Kind::Run, keys.size, keys.data},
                               {NestedItem::Kind::Run, values.size, values.data}};
  return abi::mr_nested_make(context, parts, 2, out);
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

bool mr_nested_make(PipelineContext* ctx, const NestedItem* items, int64_t count, StringRef* out) noexcept {
  int64_t size = nested_payload_at(count);
  for (int64_t i = 0; i < count && size <= kNestedMax; ++i) {
    if (has_bytes(items[i])) size = place_of(items[i], size) + items[i].word;
  }
  if (size > kNestedMax) return false;
  char* run = mr_scratch(ctx, size);
  const auto written_count = static_cast<uint32_t>(count);
  std::memset(run, 0, static_cast<size_t>(nested_slots_at(count)));
  std::memcpy(run, &written_count, sizeof written_count);
  char* slot = run + nested_slots_at(count);
  int64_t at = nested_payload_at(count);
  for (int64_t i = 0; i < count; ++i, slot += kNestedSlotBytes) {
    const NestedItem& item = items[i];
    int64_t word = item.kind == NestedItem::Kind::Word ? item.word : 0;
    if (item.kind == NestedItem::Kind::Null) {
      run[kNestedHeaderBytes + i / 8] = static_cast<char>(run[kNestedHeaderBytes + i / 8] | 1 << i % 8);
    } else if (has_bytes(item)) {
      const int64_t begin = place_of(item, at);
      std::memset(run + at, 0, static_cast<size_t>(begin - at));
      std::memcpy(run + begin, item.data, static_cast<size_t>(item.word));
      word = static_cast<int64_t>(static_cast<uint64_t>(item.word) << 32 | static_cast<uint64_t>(begin));
      at = begin + item.word;
    }
    std::memcpy(slot, &word, sizeof word);
  }
  *out = {run, size};
  return true;
}

bool mr_map_make(PipelineContext* ctx, const NestedItem* entries, int64_t count, StringRef* out) noexcept {
  auto* keys = reinterpret_cast<NestedItem*>(mr_scratch(ctx, 2 * count * static_cast<int64_t>(sizeof(NestedItem))));
  NestedItem* values = keys + count;
  int64_t distinct = 0;
  for (int64_t i = 0; i < count; ++i) {
    const NestedItem& key = entries[2 * i];
    if (key.kind == NestedItem::Kind::Null) return false;
    const auto same = [&](const NestedItem& other) { return same_key(other, key); };
    const int64_t at = std::find_if(keys, keys + distinct, same) - keys;
    keys[at] = key;
    values[at] = entries[2 * i + 1];
    distinct = std::max(distinct, at + 1);
  }
  StringRef key_run, value_run;
  return mr_nested_make(ctx, keys, distinct, &key_run) && mr_nested_make(ctx, values, distinct, &value_run) &&
         make_map(ctx, key_run, value_run, out);
}

}  // extern "C"

}  // namespace millrace::abi
