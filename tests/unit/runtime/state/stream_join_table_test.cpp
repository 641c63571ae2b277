#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "runtime/state/stream_join_table.h"

namespace millrace {

namespace {

constexpr uint32_t kValueOffset = sizeof(abi::StreamJoinRow);
constexpr uint32_t kSegmentBits = 10;

/// A table whose rows hold one number.
struct Kept {
  StreamJoinTable table;

  explicit Kept(bool shows_unmatched)
      : table({.row_size = kValueOffset + 8, .segment_bits = kSegmentBits, .shows_unmatched = shows_unmatched, .owned = {}}) {}

  abi::StreamJoinRow* add(uint64_t hash, int64_t expires_us, int64_t value, bool linked = true) {
    abi::StreamJoinRow* row = table.insert(hash, expires_us, linked, false);
    std::memcpy(reinterpret_cast<char*>(row) + kValueOffset, &value, sizeof value);
    return row;
  }
  static int64_t value_of(const abi::StreamJoinRow* row) {
    int64_t value = 0;
    std::memcpy(&value, reinterpret_cast<const char*>(row) + kValueOffset, sizeof value);
    return value;
  }
  /// The rows of a hash, as a probe meets them.
  std::vector<int64_t> found(uint64_t hash) const {
    std::vector<int64_t> values;
    for (const abi::StreamJoinRow* row = table.chains[hash & table.mask].head; row != nullptr; row = row->next) {
      if (row->hash == static_cast<uint32_t>(hash)) values.push_back(value_of(row));
    }
    return values;
  }
  std::vector<int64_t> expire(int64_t watermark_us) {
    table.expire(watermark_us);
    std::vector<int64_t> values;
    for (const abi::StreamJoinRow* row : table.expired_unmatched()) values.push_back(value_of(row));
    table.end_batch(watermark_us);
    return values;
  }
};

using Values = std::vector<int64_t>;

}  // namespace

TEST_CASE("a probe meets the rows of a hash in order of arrival, however often the chains were doubled") {
  Kept kept(false);
  for (int64_t i = 0; i < 10'000; ++i) kept.add(static_cast<uint64_t>(i % 3) * 0x9E3779B97F4A7C15u, 5'000'000, i);
  for (int64_t k = 0; k < 3; ++k) {
    Values expected;
    for (int64_t i = k; i < 10'000; i += 3) expected.push_back(i);
    CHECK(kept.found(static_cast<uint64_t>(k) * 0x9E3779B97F4A7C15u) == expected);
  }
  CHECK(kept.table.row_count() == 10'000);
}

TEST_CASE("rows without a match end exactly when the watermark reaches them, in order of their end") {
  Kept kept(true);
  kept.add(1, 3000, 30);
  kept.add(1, 1001, 11);
  kept.add(2, 1000, 10);
  kept.add(2, 1001, 12);
  kept.add(7, 900, 9, false);
  CHECK(kept.expire(899) == Values{});
  CHECK(kept.expire(1000) == Values{9, 10});
  kept.add(2, 1000, 99);  // behind the watermark: at the end of its batch
  CHECK(kept.expire(1000) == Values{99});
  CHECK(kept.found(1) == Values{30, 11});
  kept.add(3, 1002, 13);
  CHECK(kept.expire(2500) == Values{11, 12, 13});
  CHECK(kept.found(2) == Values{});
  CHECK(kept.expire(INT64_MAX) == Values{30});
  CHECK(kept.table.row_count() == 0);
}

TEST_CASE("matched rows leave without being shown, and unlinked ones are not met again") {
  Kept kept(true);
  kept.add(1, 1000, 1)->matched = true;
  abi::StreamJoinRow* middle = kept.add(1, 1000, 2);
  kept.add(1, 1000, 3);
  kept.table.unlink(middle);
  CHECK(kept.found(1) == Values{1, 3});
  CHECK(kept.expire(1000) == Values{2, 3});
}

TEST_CASE("rows without bounds stay until the streams end, rows without their time leave at once") {
  Kept kept(true);
  kept.add(1, INT64_MAX, 1);
  kept.add(1, INT64_MIN, 2, false);
  CHECK(kept.expire(INT64_MIN) == Values{2});
  CHECK(kept.expire(INT64_MAX - 2) == Values{});
  CHECK(kept.expire(INT64_MAX) == Values{1});
}

TEST_CASE("a side that shows nothing forgets whole segments, never too early, and uses their memory again") {
  Kept kept(false);
  int64_t steady = 0;
  for (int64_t time = 0; time < 400'000; ++time) {
    kept.add(static_cast<uint64_t>(time) * 0x9E3779B97F4A7C15u, time + 20'000, time);
    if (time % 500 == 499) kept.expire(time);
    CHECK(kept.table.row_count() >= std::min<int64_t>(time + 1, 20'000));
    CHECK(kept.table.row_count() <= 20'000 + 500 + 2 * (int64_t{1} << kSegmentBits));
    if (time == 100'000) steady = kept.table.memory_bytes();
  }
  CHECK(kept.table.memory_bytes() <= steady * 5 / 4);
  CHECK(kept.found(399'999 * 0x9E3779B97F4A7C15u) == Values{399'999});
}

TEST_CASE("strings live as long as their row") {
  Kept kept(true);
  std::vector<const char*> texts;
  for (int64_t i = 0; i < 3000; ++i) {
    kept.add(1, i, i);
    const std::string text = "text " + std::to_string(i);
    texts.push_back(kept.table.strings().copy(text.c_str(), static_cast<int64_t>(text.size()) + 1));
  }
  kept.expire(1500);
  for (int64_t i = 1501; i < 3000; ++i) REQUIRE(texts[static_cast<size_t>(i)] == "text " + std::to_string(i));
}

}  // namespace millrace
