#include "runtime/state/change_log.h"

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"

using namespace millrace;

namespace {

struct Row {
  abi::StringRef op;  ///< the header
  int64_t value;
  abi::StringRef key;
  int64_t time;
  uint8_t present;
  int64_t weight;  ///< of changes
};
static_assert(offsetof(Row, value) == abi::ChangesSpec::kHeaderBytes);

constexpr uint32_t kNeverNull = UINT32_MAX;

abi::ChangesSpec keyed(bool whole) {
  abi::ChangesSpec spec;
  spec.row_size = sizeof(Row);
  spec.form = abi::ChangeForm::Op;
  spec.whole = whole;
  spec.has_keys = true;
  spec.keys = {{offsetof(Row, key), kNeverNull, abi::CellKind::String}};
  spec.values = {{offsetof(Row, key), kNeverNull, abi::CellKind::String}, {offsetof(Row, value), kNeverNull, abi::CellKind::Int64}};
  spec.texts = {offsetof(Row, key)};
  spec.max_rows = 100'000;
  return spec;
}

void add(ChangeLog& log, const std::string& key, int64_t value, bool present = true, int64_t time = 0) {
  auto* row = reinterpret_cast<Row*>(abi::mr_tuple_append(&log));
  const auto size = static_cast<int64_t>(key.size());
  *row = {{}, value, {abi::mr_tuple_keep(&log, key.data(), size), size}, time, static_cast<uint8_t>(present), 0};
}

/// `+I a 1` and so on, of a batch.
std::vector<std::string> changes(ChangeLog& log) {
  log.finish();
  std::vector<std::string> out;
  for (int64_t i = 0; i < log.count(); ++i) {
    Row row;
    std::memcpy(static_cast<void*>(&row), log.rows()[i], sizeof row);
    out.push_back(std::string(row.op.data, static_cast<size_t>(row.op.size)) + " " + std::string(row.key.data, static_cast<size_t>(row.key.size)) +
                  " " + std::to_string(row.value));
  }
  log.clear();
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("rows of a key take each other's place; what is the same is no change") {
  ChangeLog log(keyed(false));
  add(log, "a", 1);
  add(log, "b", 1);
  CHECK(changes(log) == Lines{"+I a 1", "+I b 1"});
  add(log, "b", 1);
  add(log, "a", 2);
  CHECK(changes(log) == Lines{"-U a 1", "+U a 2"});
  CHECK(log.row_count() == 2);
}

TEST_CASE("a key that has left is gone once, and may come back") {
  abi::ChangesSpec spec = keyed(false);
  spec.present_offset = offsetof(Row, present);
  ChangeLog log(spec);
  add(log, "a", 1);
  add(log, "b", 1, false);
  CHECK(changes(log) == Lines{"+I a 1"});
  add(log, "a", 2, false);
  CHECK(changes(log) == Lines{"-D a 1"});
  add(log, "a", 3, false);
  CHECK(changes(log).empty());
  add(log, "a", 4);
  CHECK(changes(log) == Lines{"+I a 4"});
}

TEST_CASE("of whole results what is not there any more is gone") {
  ChangeLog log(keyed(true));
  add(log, "a", 1);
  add(log, "b", 1);
  add(log, "b", 2);
  changes(log);
  add(log, "b", 1);
  add(log, "c", 5);
  CHECK(changes(log) == Lines{"-D a 1", "-D b 2", "+I c 5"});
}

TEST_CASE("rows without a key are counted") {
  abi::ChangesSpec spec = keyed(true);
  spec.has_keys = false;
  ChangeLog log(spec);
  add(log, "a", 1);
  add(log, "a", 1);
  CHECK(changes(log) == Lines{"+I a 1", "+I a 1"});
  add(log, "a", 1);
  add(log, "a", 2);
  CHECK(changes(log) == Lines{"-D a 1", "+I a 2"});
}

TEST_CASE("many keys come and go and are found") {
  ChangeLog log(keyed(true));
  constexpr int kKeys = 3000;
  for (int round = 0; round < 4; ++round) {
    // Of each round a third of the keys is missing, another one each time.
    for (int i = 0; i < kKeys; ++i) {
      if ((i + round) % 3 != 0) add(log, std::to_string(i), i);
    }
    const Lines lines = changes(log);
    CHECK(lines.size() == (round == 0 ? 2 * kKeys / 3 : 2 * (kKeys / 3)));
    CHECK(log.row_count() == 2 * kKeys / 3);
  }
}

TEST_CASE("what the watermark has passed is forgotten, in time") {
  abi::ChangesSpec spec = keyed(false);
  spec.final_time_offset = offsetof(Row, time);
  ChangeLog log(spec);
  for (int i = 0; i < 2000; ++i) add(log, std::to_string(i), i, true, i);
  changes(log);
  log.end_batch(1899);
  CHECK(log.row_count() == 100);
}

TEST_CASE("more rows than allowed are an error") {
  abi::ChangesSpec spec = keyed(false);
  spec.max_rows = 1;
  ChangeLog log(spec);
  add(log, "a", 1);
  changes(log);
  CHECK(log.limit().ok());
  add(log, "b", 1);
  changes(log);
  CHECK(log.limit().message().find("max_kept_rows = 1") != std::string::npos);
}

namespace {

/// Changes in, rows of changed groups out: groups are told by `time`.
abi::ChangesSpec by_time() {
  abi::ChangesSpec spec = keyed(false);
  spec.form = abi::ChangeForm::AllRows;
  spec.weight_offset = offsetof(Row, weight);
  spec.by_group = true;
  spec.group = {{offsetof(Row, time), kNeverNull, abi::CellKind::Int64}};
  return spec;
}

void change(ChangeLog& log, const std::string& key, int64_t value, int64_t time, int64_t weight) {
  auto* row = reinterpret_cast<Row*>(abi::mr_tuple_append(&log));
  const auto size = static_cast<int64_t>(key.size());
  *row = {{}, value, {abi::mr_tuple_keep(&log, key.data(), size), size}, time, 1, weight};
}

/// `1: a 5`, the group in front, and `1 has gone`.
Lines groups(ChangeLog& log) {
  log.finish();
  Lines out;
  for (int64_t i = 0; i < log.count(); ++i) {
    Row row;
    std::memcpy(static_cast<void*>(&row), log.rows()[i], sizeof row);
    const bool present = log.rows()[i][abi::ChangesSpec::kPresentOffset] != 0;
    const std::string text = " " + std::string(row.key.data, static_cast<size_t>(row.key.size)) + " " + std::to_string(row.value);
    out.push_back(std::to_string(row.time) + (present ? ":" + text : " has gone"));
  }
  log.clear();
  return out;
}

}  // namespace

TEST_CASE("of groups those that have changed are shown whole, in order of arrival") {
  ChangeLog log(by_time());
  change(log, "a", 1, 7, 1);
  change(log, "b", 2, 7, 1);
  change(log, "c", 3, 8, 1);
  CHECK(groups(log) == Lines{"7: a 1", "7: b 2", "8: c 3"});
  change(log, "a", 1, 7, -1);
  change(log, "a", 5, 7, 1);
  CHECK(groups(log) == Lines{"7: a 5", "7: b 2"});
  CHECK(groups(log).empty());
  change(log, "c", 3, 8, -1);
  change(log, "c", 4, 7, 1);
  change(log, "a", 5, 7, -1);
  CHECK(groups(log) == Lines{"8 has gone", "7: b 2", "7: c 4"});
  change(log, "a", 6, 8, 1);
  CHECK(groups(log) == Lines{"8: a 6"});
}

TEST_CASE("of each changed group the first rows of an order, by rank") {
  abi::ChangesSpec spec = by_time();
  spec.sort = {{offsetof(Row, value), kNeverNull, abi::CellKind::Int64, true, false}};
  spec.first_rows = 2;
  const auto with = [&](abi::OverFunction ranked_by) {
    spec.ranked_by = ranked_by;
    ChangeLog log(spec);
    for (const auto& [key, value] : {std::pair{"a", 3}, {"b", 5}, {"c", 5}, {"d", 4}, {"e", 4}}) change(log, key, value, 7, 1);
    Lines shown = groups(log);
    change(log, "b", 5, 7, -1);
    for (const std::string& line : groups(log)) shown.push_back(line);
    return shown;
  };
  CHECK(with(abi::OverFunction::RowNumber) == Lines{"7: b 5", "7: c 5", "7: c 5", "7: d 4"});
  CHECK(with(abi::OverFunction::Rank) == Lines{"7: b 5", "7: c 5", "7: c 5", "7: d 4", "7: e 4"});
  CHECK(with(abi::OverFunction::DenseRank) == Lines{"7: b 5", "7: c 5", "7: d 4", "7: e 4", "7: c 5", "7: d 4", "7: e 4"});
}
