#include "runtime/state/group_parts.h"

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/hot/update_log.h"
#include "tests/unit/runtime/state/count_groups.h"

namespace {

using namespace millrace;

/// A CountEntry that knows which row made it.
struct NumberedEntry {
  CountEntry counted;
  int64_t number;
};
const GroupTable::Layout kNumberedLayout{sizeof(NumberedEntry), true, 16};
constexpr GroupTable::Saved kSavedCounts{sizeof(CountEntry), {}};

struct StagedCount {
  uint64_t hash;
  int64_t number;
  int64_t key;
};

void add_counts(abi::PipelineContext*, abi::AggregateState*, abi::GroupTable* part, const char* records, int64_t count) {
  const auto* staged = reinterpret_cast<const StagedCount*>(records);
  for (int64_t i = 0; i < count; ++i) {
    CountEntry* entry = find_or_insert(part, staged[i].key);
    if (++entry->count == 1) reinterpret_cast<NumberedEntry*>(entry)->number = staged[i].number;
    abi::mr_group_touch(part, &entry->head);
    entry->head.touched = 7;
  }
}

const GroupParts::Adding kAdding{nullptr, nullptr, &add_counts, sizeof(StagedCount)};

GroupParts::Logs empty_logs() {
  GroupParts::Logs logs;
  for (auto& log : logs) log = std::make_unique<UpdateLog>();
  return logs;
}

void stage(GroupParts::Logs& logs, int64_t key, int64_t number) {
  const uint64_t hash = hash_of(key);
  UpdateLog& log = *logs[(hash >> abi::kGroupPartShift) % abi::kGroupParts];
  *reinterpret_cast<StagedCount*>(abi::mr_log_append(&log, sizeof(StagedCount))) = {hash, number, key};
}

std::vector<int64_t> keys_of(const std::vector<abi::GroupEntry*>& entries) {
  std::vector<int64_t> keys;
  for (const abi::GroupEntry* entry : entries) keys.push_back(reinterpret_cast<const CountEntry*>(entry)->key);
  return keys;
}

/// Keys in an order of which neither parts nor slots know: of row i.
int64_t key_of_row(int64_t i) { return i * 7919 % 100'003; }

constexpr int64_t kElders = 30'000;
constexpr int64_t kRows = 150'000;  // the keys begin anew at row 100,003

/// Groups of the first rows in one table, those of the others in parts of it, added by several workers.
struct CountedInParts {
  explicit CountedInParts(int32_t workers) {
    for (int64_t i = 0; i < kElders; ++i) ++find_or_insert(&table, key_of_row(i))->count;
    table.begin_epoch();
    parts = std::make_unique<GroupParts>(kNumberedLayout, table, sizeof(CountEntry));
    std::vector<std::thread> adders;
    GroupParts::Logs logs = empty_logs();
    // One takes over, as many as there are add: what is staged here is added wherever it is found.
    std::atomic<bool> is_over = false;
    for (int32_t worker = 1; worker < workers; ++worker) {
      adders.emplace_back([&, worker] {
        while (!is_over) parts->add_waiting(kAdding, worker, false);
      });
    }
    for (int64_t i = kElders; i < kRows; ++i) {
      stage(logs, key_of_row(i), i);
      if (i % 1000 != 0) continue;
      parts->take(logs);
      parts->add_waiting(kAdding, 0, false);
    }
    parts->take(logs);
    is_over = true;
    for (std::thread& adder : adders) adder.join();
    parts->add_waiting(kAdding, 0, true);
  }

  GroupTable::Shared shared;
  GroupTable table{kNumberedLayout, &shared};
  std::unique_ptr<GroupParts> parts;
};

}  // namespace

TEST_CASE("groups in parts are in order of arrival, those that were there before first, however many add to them") {
  for (int32_t workers : {1, 3}) {
    CountedInParts counted(workers);
    std::vector<abi::GroupEntry*> all, fresh;
    counted.parts->append_all(all);
    counted.parts->append_new(fresh);
    REQUIRE(all.size() == 100'003);
    REQUIRE(fresh.size() == 100'003 - kElders);
    for (int64_t i = 0; i < 100'003; ++i) {
      const auto* entry = reinterpret_cast<const CountEntry*>(all[static_cast<size_t>(i)]);
      REQUIRE(entry->key == key_of_row(i));
      REQUIRE(entry->count == (i < kRows - 100'003 ? 2 : 1));
      if (i >= kElders) REQUIRE(fresh[static_cast<size_t>(i - kElders)] == all[static_cast<size_t>(i)]);
    }
    CHECK(counted.parts->group_count() == 100'003 - kElders);
    CHECK(counted.parts->memory_bytes() > counted.parts->group_count() * static_cast<int64_t>(sizeof(NumberedEntry)));
  }
}

TEST_CASE("changed groups in parts come in order of arrival, whether they are few or many") {
  CountedInParts counted(1);
  counted.parts->begin_epoch();
  CHECK(!counted.parts->has_touched());
  CHECK(!counted.parts->has_new());
  GroupParts::Logs logs = empty_logs();
  for (int64_t i : {60'000, 5, 99'999, 6}) stage(logs, key_of_row(i), kRows);
  counted.parts->take(logs);
  counted.parts->add_waiting(kAdding, 2, true);
  std::vector<abi::GroupEntry*> changed;
  counted.parts->append_touched(7, changed);
  CHECK(keys_of(changed) == std::vector<int64_t>{key_of_row(5), key_of_row(6), key_of_row(60'000), key_of_row(99'999)});
  CHECK(counted.parts->has_touched());
  CHECK(!counted.parts->has_new());
  for (int64_t i = kElders; i < 100'003; ++i) stage(logs, key_of_row(i), kRows);
  counted.parts->take(logs);
  counted.parts->add_waiting(kAdding, 0, true);
  changed.clear();
  counted.parts->append_touched(7, changed);
  CHECK(changed.size() > 70'000);
  std::vector<abi::GroupEntry*> all;
  counted.parts->append_all(all);
  std::erase_if(all, [](const abi::GroupEntry* entry) { return entry->touched != 7; });
  CHECK(changed == all);
}

TEST_CASE("a snapshot of groups in parts is that of one table with the same groups") {
  CountedInParts counted(2);
  std::string bytes;
  SnapshotWriter writer([&bytes](std::string_view block) {
    bytes += block;
    return Status();
  });
  counted.parts->snapshot(writer, kSavedCounts);
  REQUIRE(writer.finish().ok());
  bool given = false;
  SnapshotReader reader([&]() -> Result<std::string_view> { return std::exchange(given, true) ? std::string_view() : std::string_view(bytes); }, bytes.size());
  GroupTable::Shared shared;
  GroupTable whole({sizeof(CountEntry), true, 16}, &shared);
  whole.restore(reader, kSavedCounts);
  REQUIRE(reader.ok());
  REQUIRE(whole.count == 100'003);
  CHECK(whole.has_new());
  std::vector<abi::GroupEntry*> ours, theirs;
  counted.parts->append_all(ours);
  whole.append_all(theirs);
  CHECK(keys_of(ours) == keys_of(theirs));
  for (int64_t i = 0; i < 100'003; ++i) REQUIRE(find_or_insert(&whole, key_of_row(i))->count == (i < kRows - 100'003 ? 2 : 1));
  CHECK(whole.count == 100'003);
}
