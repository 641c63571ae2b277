#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "runtime/connectors/records/tpch_tables.h"

namespace millrace {

/// Makes records of one kind, one after the other. The same seed gives the same records, times aside. One thread.
class RecordMaker {
 public:
  /// Bytes that one record of any kind never exceeds.
  static constexpr size_t kLongestRecord = 8192;

  virtual ~RecordMaker() = default;
  /// Writes the next record as a JSON line, with its `\n`, to at least kLongestRecord bytes; returns one past its end.
  /// `now_ns`: nanoseconds since the epoch, the record's time.
  virtual char* append(char* out, int64_t now_ns) = 0;
  /// Bytes that one of these records never exceeds.
  virtual size_t longest_record() const { return kLongestRecord; }
  /// The next records, one for each time, to at least longest_record() bytes each. Not of records that may end.
  virtual char* append_some(char* out, std::span<const int64_t> times_ns) {
    for (const int64_t now_ns : times_ns) out = append(out, now_ns);
    return out;
  }
  /// True when there is no further record; most kinds are endless.
  virtual bool ended() const { return false; }

  /// Where the records are a part of what happens, the records' clock goes by all that happens: the tick of the stream's k-th record, from 0, how many
  /// there are to a record on average, and what one is when nobody asked for a rate.
  virtual int64_t tick_of_row(int64_t row) const { return row; }
  virtual double ticks_a_row() const { return 1; }
  /// As tick_of_row, of the rows from `row` on.
  virtual void ticks_of_rows(int64_t row, std::span<int64_t> ticks) const {
    for (int64_t& tick : ticks) tick = tick_of_row(row++);
  }
  virtual int64_t tick_at_full_speed_ns() const { return 1'000'000; }
};

/// What is asked of a kind.
struct RecordSettings {
  uint64_t seed = 1;
  std::string table = {};  ///< of a kind that has tables: one of them
  double scale = kUsualScale;  ///< of these tables' sizes

  static constexpr double kUsualScale = 0.01;
};

/// A kind of made-up records that users may name.
struct RecordKind {
  std::string_view name;
  std::string_view help;
  std::unique_ptr<RecordMaker> (*make)(const RecordSettings& settings);
  std::span<const std::string_view> tables = {};  ///< of which one is to be chosen; these end
};

std::unique_ptr<RecordMaker> make_iot_records(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_iot2_records(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_quote_records(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_wikimedia_records(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_nexmark_records(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_nexmark_persons(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_nexmark_auctions(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_nexmark_bids(const RecordSettings& settings);
std::unique_ptr<RecordMaker> make_tpch_records(const RecordSettings& settings);

/// Every kind, in the order that users see them in. A new kind is a file beside this one and a row here.
inline constexpr RecordKind kRecordKinds[] = {
    {"iot", "watches: who moved how, with three accelerations; one in a hundred has nothing but its times", &make_iot_records},
    {"iot2", "the same people's second watches: heart beats a minute", &make_iot2_records},
    {"quotes", "who said what: sentences in French and English", &make_quote_records},
    {"wikimedia", "changes of wiki pages, shaped like Wikimedia's recentchange events", &make_wikimedia_records},
    {"nexmark", "an auction house's events, by event_type: 0 a person, 1 an auction, 2 a bid, in the benchmark's proportions of 1 : 3 : 46", &make_nexmark_records},
    {"nexmark_person", "of those the persons alone", &make_nexmark_persons},
    {"nexmark_auction", "of those the auctions alone", &make_nexmark_auctions},
    {"nexmark_bid", "of those the bids alone", &make_nexmark_bids},
    {"tpch", "a table of TPC-H, whole: keys, dates, prices and frequencies of words as in the benchmark, the texts our own", &make_tpch_records, kTpchTables},
};

inline constexpr auto kRecordKindNames = [] {
  std::array<std::string_view, std::size(kRecordKinds)> names{};
  for (size_t i = 0; i < names.size(); ++i) names[i] = kRecordKinds[i].name;
  return names;
}();

/// nullptr when there is none of this name.
constexpr const RecordKind* find_record_kind(std::string_view name) {
  for (const RecordKind& kind : kRecordKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace millrace
