#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/state_samples.h"

namespace {

using namespace millrace;
using samples::Group;

/// Each group as text, in the order in which they are shown.
std::vector<std::string> shown(AggregateState& state) {
  abi::PipelineContext ctx{};
  ctx.watermark_us = ctx.next_watermark_us = INT64_MIN;
  std::vector<std::string> rows;
  const int64_t units = state.emit_begin(ctx);
  for (int64_t i = 0; i < units; ++i) {
    const abi::EmitUnit* unit = state.emit_unit(ctx, i);
    for (int64_t entry = 0; entry < unit->count; ++entry) {
      const auto* group = reinterpret_cast<const Group*>(unit->entries[entry]);
      rows.push_back(std::to_string(unit->window_start_us) + " " + std::string(group->key.data, static_cast<size_t>(group->key.size)) + " " +
                     std::string(group->greatest.data == nullptr ? "" : "zz") + " " + std::to_string(abi::mr_distinct_count(group->numbers)) +
                     " " + std::to_string(group->sum));
    }
  }
  state.emit_end(ctx);
  return rows;
}

TEST_CASE("groups come back from a snapshot as they were, those of the present batch among them, and go on") {
  const abi::CompiledCode code(0);
  for (const abi::TimeKind time : {abi::TimeKind::None, abi::TimeKind::Window}) {
    const abi::AggregateSpec spec = samples::aggregate_spec(time);
    AggregateState state(spec, &code);
    samples::add_groups(state, 700);
    const std::string bytes = samples::snapshot_of(state);

    AggregateState again(spec, &code);
    SnapshotReader reader = samples::reader_of(bytes);
    again.restore(reader);
    REQUIRE(reader.ok());
    CHECK(reader.bytes_left() == 0);
    CHECK(again.group_count() == 700);
    CHECK(samples::snapshot_of(again).size() == bytes.size());
    const std::vector<std::string> rows = shown(state);
    CHECK(rows.size() == 700);
    CHECK(shown(again) == rows);
    CHECK(shown(again).empty());
  }
}

TEST_CASE("rows of a join come back from a snapshot in their chains' order, and end when they would have") {
  StreamJoinTable table(samples::join_spec());
  samples::add_rows(table, 300);
  table.expire(500);
  table.end_batch(500);
  const std::string bytes = samples::snapshot_of(table);
  StreamJoinTable again(samples::join_spec());
  SnapshotReader reader = samples::reader_of(bytes);
  again.restore(reader);
  REQUIRE(reader.ok());
  CHECK(again.row_count() == table.row_count());
  const auto sequences = [](StreamJoinTable& of, uint64_t hash) {
    std::vector<int64_t> found;
    for (const auto* row = of.chains[hash & of.mask].head; row != nullptr; row = row->next) found.push_back(row->sequence);
    return found;
  };
  for (uint64_t hash = 0; hash < 5; ++hash) CHECK(sequences(again, hash) == sequences(table, hash));
  table.expire(1500);
  again.expire(1500);
  REQUIRE(again.expired_unmatched().size() == table.expired_unmatched().size());
  for (size_t i = 0; i < again.expired_unmatched().size(); ++i) {
    CHECK(again.expired_unmatched()[i]->sequence == table.expired_unmatched()[i]->sequence);
  }
}

/// Whatever a byte of the snapshot becomes, restoring either fails or gives a state that can be used.
template <class MakeState>
void flip_every_byte(const std::string& bytes, MakeState make_state) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const char flip : {'\x01', '\xff'}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      auto state = make_state();
      SnapshotReader reader = samples::reader_of(damaged);
      state->restore(reader);
      if (reader.ok()) (void)samples::snapshot_of(*state);
    }
  }
}

TEST_CASE("no byte of a snapshot can be changed to do harm") {
  const abi::CompiledCode code(0);
  for (const abi::TimeKind time : {abi::TimeKind::None, abi::TimeKind::Window}) {
    const abi::AggregateSpec spec = samples::aggregate_spec(time);
    AggregateState state(spec, &code);
    samples::add_groups(state, 30);
    flip_every_byte(samples::snapshot_of(state), [&] { return std::make_unique<AggregateState>(spec, &code); });
  }
  StreamJoinTable table(samples::join_spec());
  samples::add_rows(table, 20);
  flip_every_byte(samples::snapshot_of(table), [] { return std::make_unique<StreamJoinTable>(samples::join_spec()); });
}

}  // namespace
