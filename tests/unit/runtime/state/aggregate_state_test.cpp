#include "runtime/state/aggregate_state.h"

#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/unit/runtime/state/count_groups.h"

namespace {

using namespace millrace;

void merge_counts(abi::PipelineContext*, abi::AggregateState* state, abi::GroupTable* target, abi::GroupEntry* const* entries,
                  int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    auto* from = reinterpret_cast<CountEntry*>(entries[i]);
    CountEntry* to = find_or_insert(target, from->key);
    to->count += from->count;
    auto epoch = static_cast<uint32_t>(state->epoch);
    if (from->head.touched == epoch && to->head.touched != epoch) {
      to->head.touched = epoch;
      abi::mr_group_touch(target, &to->head);
    }
  }
}

constexpr int64_t kSecond = 1'000'000;

abi::AggregateSpec windows(int64_t size, int64_t slide, abi::EmitWhat what) {
  abi::AggregateSpec spec;
  spec.entry_size = spec.rollup_entry_size = sizeof(CountEntry);
  spec.time = abi::TimeKind::Window;
  spec.drops_late = what != abi::EmitWhat::All;
  spec.size_us = size * kSecond;
  spec.slide_us = slide * kSecond;
  spec.pane_us = std::gcd(size, slide) * kSecond;
  spec.what = what;
  spec.rollup_entry = size == slide ? -1 : 0;
  return spec;
}

/// An aggregate that counts rows by a number, fed and shown as generated code would.
class Counter {
 public:
  explicit Counter(const abi::AggregateSpec& spec) : spec_(spec), code_(1), state_(spec, &code_) {
    code_.entry[0] = reinterpret_cast<void*>(&merge_counts);
    ctx_.watermark_us = ctx_.next_watermark_us = INT64_MIN;
  }

  void add(int64_t seconds, int64_t key) {
    abi::GroupTable* table = state_.current;
    if (spec_.time != abi::TimeKind::None) {
      int64_t at = seconds * kSecond;
      int64_t pane = spec_.time == abi::TimeKind::Key ? at : at - at % spec_.pane_us;
      table = abi::mr_pane_table(&ctx_, &state_, pane);
    }
    if (table == nullptr) {
      ++ctx_.rows_late;
      return;
    }
    CountEntry* entry = spec_.has_keys ? find_or_insert(table, key) : only(table);
    ++entry->count;
    if (entry->head.touched != static_cast<uint32_t>(state_.epoch)) {
      entry->head.touched = static_cast<uint32_t>(state_.epoch);
      if (spec_.what == abi::EmitWhat::Touched) abi::mr_group_touch(table, &entry->head);
    }
  }

  /// `start-end key:count …` of each unit.
  std::string end_batch(int64_t watermark_us) {
    ctx_.next_watermark_us = watermark_us;
    std::string shown;
    int64_t units = abi::mr_aggregate_emit_begin(&ctx_, &state_);
    for (int64_t i = 0; i < units; ++i) {
      const abi::EmitUnit* unit = abi::mr_aggregate_emit_unit(&ctx_, &state_, i);
      shown += "[" + std::to_string(unit->window_start_us / kSecond) + "," + std::to_string(unit->window_end_us / kSecond);
      for (int64_t j = 0; j < unit->count; ++j) {
        auto* entry = reinterpret_cast<CountEntry*>(unit->entries[j]);
        shown += " " + std::to_string(entry->key) + ":" + std::to_string(entry->count);
      }
      shown += "]";
    }
    abi::mr_aggregate_emit_end(&ctx_, &state_);
    ctx_.watermark_us = watermark_us;
    return shown;
  }

  int64_t late() const { return ctx_.rows_late; }
  AggregateState& state() { return state_; }

 private:
  static CountEntry* only(abi::GroupTable* table) {
    if (table->only_entry == nullptr) abi::mr_group_insert(table, 0);
    return reinterpret_cast<CountEntry*>(table->only_entry);
  }

  abi::AggregateSpec spec_;
  abi::CompiledCode code_;
  abi::PipelineContext ctx_{};
  AggregateState state_;
};

constexpr int64_t kEnd = INT64_MAX;

}  // namespace

TEST_CASE("append shows a tumbling window once, when the watermark has passed its end") {
  Counter counter(windows(10, 10, abi::EmitWhat::Closed));
  counter.add(1, 7);
  counter.add(12, 7);
  counter.add(3, 8);
  counter.add(4, 7);
  CHECK(counter.end_batch(9 * kSecond).empty());
  CHECK(counter.end_batch(10 * kSecond) == "[0,10 7:2 8:1]");
  counter.add(5, 7);
  CHECK(counter.late() == 1);
  counter.add(13, 7);
  CHECK(counter.end_batch(10 * kSecond).empty());
  CHECK(counter.end_batch(kEnd) == "[10,20 7:2]");
  CHECK(counter.state().group_count() == 0);
}

TEST_CASE("sliding windows are merged from panes") {
  Counter counter(windows(10, 5, abi::EmitWhat::Closed));
  counter.add(6, 1);
  counter.add(11, 1);
  CHECK(counter.end_batch(11 * kSecond) == "[0,10 1:1]");
  counter.add(7, 1);  // late for [0,10), in time for [5,15)
  CHECK(counter.late() == 0);
  CHECK(counter.end_batch(kEnd) == "[5,15 1:3][10,20 1:1]");
}

TEST_CASE("a size that is no multiple of the slide") {
  Counter counter(windows(5, 3, abi::EmitWhat::Closed));
  counter.add(4, 1);
  counter.add(6, 1);
  CHECK(counter.end_batch(kEnd) == "[0,5 1:1][3,8 1:2][6,11 1:1]");
}

TEST_CASE("windows before the epoch and with an offset") {
  auto spec = windows(10, 10, abi::EmitWhat::Closed);
  spec.offset_us = 3 * kSecond;
  AggregateState state(spec, nullptr);
  abi::PipelineContext ctx{};
  ctx.watermark_us = INT64_MIN;
  ctx.next_watermark_us = kEnd;
  find_or_insert(abi::mr_pane_table(&ctx, &state, -7 * kSecond), 1);
  REQUIRE(abi::mr_aggregate_emit_begin(&ctx, &state) == 1);
  CHECK(abi::mr_aggregate_emit_unit(&ctx, &state, 0)->window_start_us == -7 * kSecond);
}

TEST_CASE("update shows the windows and groups that the batch changed") {
  Counter counter(windows(10, 5, abi::EmitWhat::Touched));
  counter.add(6, 1);
  counter.add(6, 2);
  CHECK(counter.end_batch(INT64_MIN) == "[0,10 1:1 2:1][5,15 1:1 2:1]");
  counter.add(11, 2);
  CHECK(counter.end_batch(12 * kSecond) == "[5,15 2:2][10,20 2:1]");
  CHECK(counter.end_batch(12 * kSecond).empty());
  counter.add(8, 1);  // [0,10) is closed by now
  CHECK(counter.end_batch(kEnd) == "[5,15 1:2]");
  CHECK(counter.state().group_count() == 0);
}

TEST_CASE("complete keeps and shows every window") {
  Counter counter(windows(10, 10, abi::EmitWhat::All));
  counter.add(25, 1);
  CHECK(counter.end_batch(30 * kSecond) == "[20,30 1:1]");
  counter.add(1, 1);
  CHECK(counter.end_batch(30 * kSecond) == "[0,10 1:1][20,30 1:1]");
}

TEST_CASE("groups whose key is a time are late and forgotten by that time") {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(CountEntry);
  spec.time = abi::TimeKind::Key;
  spec.drops_late = true;
  spec.what = abi::EmitWhat::Inserted;
  Counter counter(spec);
  counter.add(5, 1);
  counter.add(5, 1);
  counter.add(6, 1);
  CHECK(counter.end_batch(5 * kSecond) == "[5,5 1:2][6,6 1:1]");
  counter.add(5, 2);
  counter.add(6, 1);
  counter.add(7, 1);
  CHECK(counter.late() == 1);
  CHECK(counter.end_batch(kEnd) == "[7,7 1:1]");
}

TEST_CASE("an ungrouped aggregate of nothing is one row") {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(CountEntry);
  spec.has_keys = false;
  spec.what = abi::EmitWhat::All;
  Counter complete(spec);
  CHECK(complete.end_batch(INT64_MIN) == "[0,0 0:0]");

  spec.what = abi::EmitWhat::Touched;
  Counter update(spec);
  CHECK(update.end_batch(INT64_MIN).empty());
  CHECK(update.end_batch(kEnd) == "[0,0 0:0]");
  Counter with_rows(spec);
  with_rows.add(0, 0);
  CHECK(with_rows.end_batch(INT64_MIN) == "[0,0 0:1]");
  CHECK(with_rows.end_batch(kEnd).empty());
}

TEST_CASE("an aggregate that is computed anew in each batch forgets between them") {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(CountEntry);
  spec.what = abi::EmitWhat::All;
  Counter counter(spec);
  counter.add(0, 4);
  CHECK(counter.end_batch(INT64_MIN) == "[0,0 4:1]");
  counter.state().clear();
  counter.add(0, 5);
  CHECK(counter.end_batch(INT64_MIN) == "[0,0 5:1]");
}
