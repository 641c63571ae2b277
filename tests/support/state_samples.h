#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/abi/calls/state.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/hot/aggregates/kept_string.h"
#include "runtime/state/aggregate_state.h"
#include "runtime/state/stream_join_table.h"
#include "runtime/state/tuple_buffer.h"

/// States with something of every kind that a snapshot keeps, for tests of snapshots.
namespace millrace::samples {

/// A group by a text: the greatest text, a set of numbers, a sum.
struct Group {
  abi::GroupEntry head;
  abi::StringRef key;
  abi::KeptString greatest;
  abi::DistinctSet* numbers;
  int64_t sum;
};

inline abi::AggregateSpec aggregate_spec(abi::TimeKind time) {
  abi::AggregateSpec spec;
  spec.entry_size = spec.saved_size = sizeof(Group);
  spec.time = time;
  spec.size_us = spec.slide_us = spec.pane_us = 10;
  spec.what = abi::EmitWhat::Touched;
  spec.owned = {{offsetof(Group, key), abi::OwnedKind::Text},
                {offsetof(Group, greatest), abi::OwnedKind::KeptString},
                {offsetof(Group, numbers), abi::OwnedKind::Distinct}};
  return spec;
}

inline void add_groups(AggregateState& state, int64_t count) {
  abi::PipelineContext ctx{};
  ctx.watermark_us = INT64_MIN;
  for (int64_t i = 0; i < count; ++i) {
    const std::string key = "key " + std::to_string(i);
    abi::GroupTable* table = state.current;
    if (table == nullptr || state.current_pane != INT64_MIN) table = state.pane_table(ctx, i % 3 * 10);
    auto* group = reinterpret_cast<Group*>(abi::mr_group_insert(table, static_cast<uint64_t>(i) * 0x9E3779B97F4A7C15u));
    group->key = {abi::mr_group_keep(table, key.data(), static_cast<int64_t>(key.size())), static_cast<int64_t>(key.size())};
    if (i % 2 == 0) abi::keep_string(table, &group->greatest, "zz", 2);
    for (int64_t number = 0; number < i % 20; ++number) abi::mr_distinct_add_int(table, &group->numbers, number);
    group->sum = i * 3;
    group->head.touched = static_cast<uint32_t>(state.epoch);
    abi::mr_group_touch(table, &group->head);
  }
}

struct Row {
  abi::StreamJoinRow head;
  abi::StringRef text;
};

inline abi::StreamJoinSpec join_spec() {
  return {.row_size = sizeof(Row), .segment_bits = 4, .shows_unmatched = true, .owned = {{offsetof(Row, text), abi::OwnedKind::Text}}};
}

inline void add_rows(StreamJoinTable& table, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    auto* row = reinterpret_cast<Row*>(table.insert(static_cast<uint64_t>(i % 5), 7 * i, i % 4 != 0, i % 3 == 0));
    const std::string text = "row " + std::to_string(i);
    row->text = {table.strings().copy(text.data(), static_cast<int64_t>(text.size())), static_cast<int64_t>(text.size())};
  }
}

/// The bytes of a snapshot.
template <class State>
std::string snapshot_of(const State& state) {
  std::string bytes;
  SnapshotWriter writer([&bytes](std::string_view block) {
    bytes += block;
    return Status{};
  });
  state.snapshot(writer);
  (void)writer.finish();
  return bytes;
}

/// Reads one block of bytes, which outlive the reader.
inline SnapshotReader reader_of(std::string_view bytes) {
  return SnapshotReader(
      [bytes, given = false]() mutable -> Result<std::string_view> {
        const bool again = given;
        given = true;
        return again ? std::string_view() : bytes;
      },
      bytes.size());
}

}  // namespace millrace::samples
