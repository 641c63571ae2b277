#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

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
};

/// A kind of made-up records that users may name.
struct RecordKind {
  std::string_view name;
  std::string_view help;
  std::unique_ptr<RecordMaker> (*make)(uint64_t seed);
};

std::unique_ptr<RecordMaker> make_iot_records(uint64_t seed);
std::unique_ptr<RecordMaker> make_iot2_records(uint64_t seed);
std::unique_ptr<RecordMaker> make_quote_records(uint64_t seed);
std::unique_ptr<RecordMaker> make_wikimedia_records(uint64_t seed);

/// Every kind, in the order that users see them in. A new kind is a file beside this one and a row here.
inline constexpr RecordKind kRecordKinds[] = {
    {"iot", "watches: who moved how, with three accelerations; one in a hundred has nothing but its times", &make_iot_records},
    {"iot2", "the same people's second watches: heart beats a minute", &make_iot2_records},
    {"quotes", "who said what: sentences in French and English", &make_quote_records},
    {"wikimedia", "changes of wiki pages, shaped like Wikimedia's recentchange events", &make_wikimedia_records},
};

inline constexpr auto kRecordKindNames = [] {
  std::array<std::string_view, std::size(kRecordKinds)> names{};
  for (size_t i = 0; i < names.size(); ++i) names[i] = kRecordKinds[i].name;
  return names;
}();

/// Of the language, but not built yet.
inline constexpr std::string_view kLaterRecordKindNames[] = {"nexmark"};

/// nullptr when there is none of this name.
constexpr const RecordKind* find_record_kind(std::string_view name) {
  for (const RecordKind& kind : kRecordKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

}  // namespace millrace
