#include "runtime/state/join_table.h"

#include <vector>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"

using namespace millrace;

namespace {

struct JoinRow {
  abi::JoinTuple head;
  int64_t key;
  int64_t number;
};

std::vector<int64_t> probe(const abi::JoinTable& table, int64_t key) {
  std::vector<int64_t> found;
  auto hash = static_cast<uint64_t>(key) * 31;
  for (auto* tuple = table.buckets[hash & table.mask]; tuple != nullptr; tuple = tuple->next) {
    auto* row = reinterpret_cast<JoinRow*>(tuple);
    if (tuple->hash == hash && row->key == key) found.push_back(row->number);
  }
  return found;
}

}  // namespace

TEST_CASE("a join table gives the rows of a key in order of arrival") {
  JoinTable table({sizeof(JoinRow)});
  CHECK(probe(table, 1).empty());
  for (int64_t i = 0; i < 3000; ++i) {
    auto* row = reinterpret_cast<JoinRow*>(abi::mr_join_insert(&table, static_cast<uint64_t>(i % 1000) * 31));
    row->key = i % 1000;
    row->number = i;
  }
  table.finish();
  CHECK(table.count == 3000);
  for (int64_t key = 0; key < 1000; ++key) CHECK(probe(table, key) == std::vector<int64_t>{key, key + 1000, key + 2000});
  CHECK(probe(table, 1000).empty());
}
