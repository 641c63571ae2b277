#include "runtime/state/session_state.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/abi/calls/state.h"
#include "runtime/hot/session.h"

namespace {

using namespace millrace;

/// A key, what SessionState keeps behind the keys of its table (over the states of a session's entry), and a count.
struct VisitEntry {
  abi::GroupEntry head;
  abi::StringRef key;
  int64_t count;
};

constexpr int64_t kGap = 10;

void merge_visits(abi::PipelineContext*, abi::AggregateState*, abi::GroupTable* target, abi::GroupEntry* const* entries, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    reinterpret_cast<VisitEntry*>(target->only_entry)->count += reinterpret_cast<VisitEntry*>(entries[i])->count;
  }
}

abi::AggregateSpec visits(abi::EmitWhat what) {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(VisitEntry);
  spec.keys_size = offsetof(VisitEntry, count);
  spec.text_keys = {offsetof(VisitEntry, key)};
  spec.time = abi::TimeKind::Session;
  spec.drops_late = what != abi::EmitWhat::All;
  spec.size_us = kGap;
  spec.what = what;
  spec.rollup_entry = 0;
  return spec;
}

/// Counts the visits of users by session, fed and shown as generated code would. A session prints as `key[start,end)=count `.
class Visits {
 public:
  explicit Visits(abi::EmitWhat what) : spec_(visits(what)), code_(1), state_(spec_, &code_) {
    code_.entry[0] = reinterpret_cast<void*>(&merge_visits);
    ctx_.watermark_us = ctx_.next_watermark_us = INT64_MIN;
  }

  void add(int64_t time, const std::string& key) {
    int64_t end = abi::mr_session_end(time, kGap);
    if (spec_.drops_late && end <= ctx_.watermark_us) return;
    abi::GroupEntry* entry = find_or_insert(key);
    abi::Session* session = reinterpret_cast<abi::SessionsOfKey*>(reinterpret_cast<char*>(entry) + spec_.keys_size)->current;
    if (!abi::mr_session_extend(session, time, end)) session = abi::mr_session_find(&ctx_, &state_, entry, time);
    ++reinterpret_cast<VisitEntry*>(session->entry)->count;
    if (session->entry->touched == static_cast<uint32_t>(state_.epoch)) return;
    session->entry->touched = static_cast<uint32_t>(state_.epoch);
    abi::mr_session_touch(&state_, session);
  }

  std::string end_batch(int64_t watermark = INT64_MIN) {
    ctx_.next_watermark_us = watermark;
    std::string shown;
    int64_t units = abi::mr_session_emit_begin(&ctx_, &state_);
    for (int64_t i = 0; i < units; ++i) {
      const abi::EmitUnit* unit = abi::mr_session_emit_unit(&ctx_, &state_, i);
      const auto* entry = reinterpret_cast<const VisitEntry*>(unit->entries[0]);
      shown += std::string(entry->key.data, static_cast<size_t>(entry->key.size)) + "[" + std::to_string(unit->window_start_us) + "," +
               std::to_string(unit->window_end_us) + ")=" + std::to_string(entry->count) + " ";
    }
    abi::mr_session_emit_end(&ctx_, &state_);
    ctx_.watermark_us = watermark;
    return shown;
  }

  const SessionState& state() const { return state_; }

 private:
  abi::GroupEntry* find_or_insert(const std::string& key) {
    abi::GroupTable* table = state_.current;
    uint64_t hash = std::hash<std::string>()(key) * 0x9E3779B97F4A7C15u;
    for (uint64_t at = hash & table->mask; table->slots[at] != 0; at = (at + 1) & table->mask) {
      auto* entry = reinterpret_cast<VisitEntry*>(table->slots[at] & ((uint64_t{1} << 48) - 1));
      if (key == std::string_view(entry->key.data, static_cast<size_t>(entry->key.size))) return &entry->head;
    }
    auto* entry = reinterpret_cast<VisitEntry*>(abi::mr_group_insert(table, hash));
    entry->key = {abi::mr_group_keep(table, key.data(), static_cast<int64_t>(key.size())), static_cast<int64_t>(key.size())};
    return &entry->head;
  }

  abi::AggregateSpec spec_;
  abi::CompiledCode code_;
  SessionState state_;
  abi::PipelineContext ctx_{};
};

}  // namespace

TEST_CASE("rows at most a gap apart are one session, whichever comes first") {
  Visits v(abi::EmitWhat::All);
  v.add(100, "a");
  v.add(110, "a");  // touches
  v.add(131, "a");
  v.add(121, "b");
  CHECK(v.end_batch() == "a[100,120)=2 b[121,131)=1 a[131,141)=1 ");
  v.add(121, "a");  // begins a gap before the second, and after the end of the first
  CHECK(v.end_batch() == "a[100,120)=2 a[121,141)=2 b[121,131)=1 ");
  v.add(120, "a");  // joins them
  v.add(90, "a");
  CHECK(v.end_batch() == "a[90,141)=6 b[121,131)=1 ");
  CHECK(v.state().group_count() == 2);
}

TEST_CASE("closed sessions are shown once, by their end, and forgotten") {
  Visits v(abi::EmitWhat::Closed);
  v.add(100, "long");
  v.add(104, "short");
  v.add(108, "long");
  CHECK(v.end_batch(113).empty());
  CHECK(v.end_batch(120) == "short[104,114)=1 long[100,118)=2 ");
  CHECK(v.state().group_count() == 0);
  v.add(112, "long");  // not late by itself, and what it would have joined is gone
  CHECK(v.end_batch(INT64_MAX) == "long[112,122)=1 ");
}

TEST_CASE("of merged sessions only what they became is shown, also when they had been touched") {
  Visits v(abi::EmitWhat::Touched);
  v.add(100, "a");
  v.add(120, "a");
  v.add(100, "b");
  v.add(111, "a");
  CHECK(v.end_batch() == "a[100,110)=1 b[100,110)=1 a[111,130)=2 ");
  v.add(115, "a");
  v.add(110, "a");
  CHECK(v.end_batch(105) == "a[100,130)=5 ");
  v.add(300, "a");
  CHECK(v.end_batch(200) == "a[300,310)=1 ");
  CHECK(v.state().group_count() == 1);
}

TEST_CASE("keys that are gone take no memory, those that stay keep their text") {
  Visits v(abi::EmitWhat::Closed);
  int64_t most = 0;
  for (int64_t batch = 0; batch < 50; ++batch) {
    for (int64_t i = 0; i < 1000; ++i) v.add(batch * 100, "visitor number " + std::to_string(batch * 1000 + i));
    v.add(batch * 100, "one that stays");
    v.add(batch * 100 + 10, "one that stays");
    for (int64_t t = 20; t < 100; t += 10) v.add(batch * 100 + t, "one that stays");
    v.end_batch(batch * 100 + 50);
    if (batch == 10) most = v.state().memory_bytes();
  }
  CHECK(v.state().memory_bytes() <= most * 2);
  CHECK(v.end_batch(INT64_MAX) == "one that stays[0,5000)=500 ");
}

TEST_CASE("random rows make the sessions that sorting them makes") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Visits v(abi::EmitWhat::All);
    std::map<std::string, std::vector<int64_t>> times;
    const auto rows = static_cast<int64_t>(random() % 60);
    for (int64_t i = 0; i < rows; ++i) {
      const std::string key(1, static_cast<char>('a' + random() % 3));
      times[key].push_back(static_cast<int64_t>(random() % 400));
      v.add(times[key].back(), key);
    }
    std::multimap<int64_t, std::string> expected;
    for (auto& [key, of_key] : times) {
      std::sort(of_key.begin(), of_key.end());
      for (size_t i = 0; i < of_key.size();) {
        size_t n = i + 1;
        while (n < of_key.size() && of_key[n] <= of_key[n - 1] + kGap) ++n;
        expected.emplace(of_key[i], key + "[" + std::to_string(of_key[i]) + "," + std::to_string(of_key[n - 1] + kGap) + ")=" +
                                        std::to_string(n - i) + " ");
        i = n;
      }
    }
    std::string shown = v.end_batch();
    for (const auto& [start, text] : expected) {
      CAPTURE(round, text, shown);
      const size_t at = shown.find(text);
      REQUIRE(at != std::string::npos);
      shown.erase(at, text.size());
    }
    REQUIRE(shown.empty());
  }
}
