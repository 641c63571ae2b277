#include "runtime/state/group_table.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "tests/unit/runtime/state/count_groups.h"

namespace {

using namespace millrace;

const GroupTable::Layout kLayout{sizeof(CountEntry), true, 16};

}  // namespace

TEST_CASE("groups are found again while the table grows, and stay where they are") {
  GroupTable::Shared shared;
  GroupTable table(kLayout, &shared);
  CountEntry* first = find_or_insert(&table, 0);
  for (int round = 0; round < 3; ++round) {
    for (int64_t key = 0; key < 200'000; ++key) ++find_or_insert(&table, key)->count;
  }
  CHECK(table.count == 200'000);
  CHECK(shared.group_count == 200'000);
  CHECK(find_or_insert(&table, 0) == first);
  std::vector<abi::GroupEntry*> all;
  table.append_all(all);
  REQUIRE(all.size() == 200'000);
  for (int64_t key = 0; key < 200'000; ++key) {
    auto* entry = reinterpret_cast<CountEntry*>(all[static_cast<size_t>(key)]);
    REQUIRE(entry->key == key);
    REQUIRE(entry->count == 3);
  }
}

TEST_CASE("a table that is growing goes into a snapshot and back with all its groups") {
  constexpr int64_t kGroups = 16'384 + 10;  // ten more than 32768 slots hold: most of those are still to be moved
  GroupTable::Shared shared;
  GroupTable table(kLayout, &shared);
  for (int64_t key = 0; key < kGroups; ++key) find_or_insert(&table, key)->count = key + 1;
  std::string bytes;
  SnapshotWriter writer([&bytes](std::string_view block) {
    bytes += block;
    return Status();
  });
  table.snapshot(writer, {sizeof(CountEntry), {}});
  REQUIRE(writer.finish().ok());
  bool given = false;
  SnapshotReader reader([&]() -> Result<std::string_view> { return std::exchange(given, true) ? std::string_view() : std::string_view(bytes); }, bytes.size());
  GroupTable::Shared other_shared;
  GroupTable other(kLayout, &other_shared);
  other.restore(reader, {sizeof(CountEntry), {}});
  REQUIRE(reader.ok());
  for (GroupTable* each : {&table, &other}) {
    for (int64_t key = 0; key < kGroups; ++key) REQUIRE(find_or_insert(each, key)->count == key + 1);
    CHECK(each->count == kGroups);
  }
}

TEST_CASE("a cleared table starts again with zero entries") {
  GroupTable::Shared shared;
  GroupTable table(kLayout, &shared);
  for (int64_t groups : {100, 50'000, 3, 3}) {
    for (int64_t key = 0; key < groups; ++key) {
      CountEntry* entry = find_or_insert(&table, key);
      REQUIRE(entry->count == 0);
      entry->count = 7;
    }
    CHECK(table.count == groups);
    table.clear();
    CHECK(table.count == 0);
    CHECK(shared.group_count == 0);
  }
}

TEST_CASE("changed groups come in order of first arrival") {
  GroupTable::Shared shared;
  GroupTable table(kLayout, &shared);
  for (int64_t key = 0; key < 100; ++key) find_or_insert(&table, key);
  table.begin_epoch();
  for (int64_t key : {40, 3, 99, 17}) {
    CountEntry* entry = find_or_insert(&table, key);
    entry->head.touched = 2;
    abi::mr_group_touch(&table, &entry->head);
  }
  std::vector<abi::GroupEntry*> touched;
  table.append_touched(2, touched);
  std::vector<int64_t> keys;
  for (auto* entry : touched) keys.push_back(reinterpret_cast<CountEntry*>(entry)->key);
  CHECK(keys == std::vector<int64_t>{3, 17, 40, 99});
}

TEST_CASE("changed groups of a table in many blocks of memory come in order of first arrival, too") {
  constexpr int64_t kGroups = 1'000'000;  // eleven blocks of 4 MB at the least
  constexpr int64_t kChanged = 1000;
  GroupTable::Shared shared;
  GroupTable table(kLayout, &shared);
  for (int64_t key = 0; key < kGroups; ++key) find_or_insert(&table, key);
  table.begin_epoch();
  for (int64_t i = 0; i < kChanged; ++i) {
    CountEntry* entry = find_or_insert(&table, i * 770'047 % kGroups);
    entry->head.touched = 2;
    abi::mr_group_touch(&table, &entry->head);
  }
  std::vector<abi::GroupEntry*> touched;
  table.append_touched(2, touched);
  REQUIRE(touched.size() == kChanged);
  const auto comes_before = [](const abi::GroupEntry* a, const abi::GroupEntry* b) {
    return reinterpret_cast<const CountEntry*>(a)->key < reinterpret_cast<const CountEntry*>(b)->key;
  };
  CHECK(std::is_sorted(touched.begin(), touched.end(), comes_before));
}

TEST_CASE("kept bytes are copies") {
  GroupTable table(kLayout, nullptr);
  std::string text = "walk";
  const char* kept = abi::mr_group_keep(&table, text.data(), 4);
  text = "ride";
  CHECK(std::string_view(kept, 4) == "walk");
}

TEST_CASE("a table without keys has one group") {
  GroupTable table({sizeof(CountEntry), false, 16}, nullptr);
  CHECK(table.only_entry == nullptr);
  abi::GroupEntry* entry = abi::mr_group_insert(&table, 0);
  CHECK(table.only_entry == entry);
  table.clear();
  CHECK(table.only_entry == nullptr);
}
