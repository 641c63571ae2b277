#include "runtime/state/change_log.h"

#include <cstddef>
#include <cstring>
#include <string>
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
  *row = {{}, value, {abi::mr_tuple_keep(&log, key.data(), size), size}, time, static_cast<uint8_t>(present)};
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
