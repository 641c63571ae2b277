#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <ctime>
#include <string>

#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"

namespace millrace {

namespace {

/// The events of an auction house [Tucker, Tufte, Papadimos, Maier, "NEXMark: A Benchmark for Queries over Data Streams", 2002], with the numbers of the
/// generator that Beam's and Flink's suites share: of fifty events the first is a person, the next three are auctions, the rest bids.
constexpr int64_t kPersons = 1;
constexpr int64_t kAuctions = 3;
constexpr int64_t kBids = 46;
constexpr int64_t kRound = kPersons + kAuctions + kBids;

constexpr int64_t kFirstPersonId = 1000;
constexpr int64_t kFirstAuctionId = 1000;
constexpr int64_t kFirstCategory = 10;
constexpr uint64_t kCategories = 5;
constexpr int64_t kAuctionsInFlight = 100;
constexpr int64_t kPeopleActive = 1000;
/// Bids and auctions may name somebody who is still to come.
constexpr int64_t kAuctionLead = 10;
constexpr int64_t kPersonLead = 10;
/// Half of the bids go to the hot auction, three of four come from the hot bidder and three of four auctions from the hot seller: the last whose
/// number is a multiple of a hundred.
constexpr uint64_t kHotAuctionIn = 2;
constexpr uint64_t kHotPersonIn = 4;
constexpr int64_t kHotStride = 100;
constexpr uint64_t kHotChannelIn = 2;
constexpr uint64_t kChannels = 10'000;
/// Events a second that the lengths of auctions are made for.
constexpr int64_t kUsualRate = 10'000;
constexpr int64_t kMsPerSecond = 1000;

constexpr std::string_view kStates[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::string_view kCities[] = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"};
constexpr std::string_view kFirstNames[] = {"Agnes", "Bram", "Clio", "Dirk", "Edda", "Flynn", "Greta", "Hugo", "Ines", "Jonas", "Kaya"};
constexpr std::string_view kLastNames[] = {"Abbott", "Bakker", "Castell", "Dunmore", "Eklund", "Farrow", "Gruber", "Hollis", "Ibsen"};
constexpr std::string_view kHotChannels[] = {"Apple", "Baidu", "Facebook", "Google"};

/// Letters by the page, from which texts are cut: made once, as drawing each letter would cost more than all else.
class LetterPool {
 public:
  explicit LetterPool(uint64_t seed) : letters_(kSize + kLongest, ' ') {
    RandomNumbers random(seed);
    for (char& letter : letters_) letter = random.once_in(kBlankIn) ? ' ' : static_cast<char>('a' + random.below(26));
  }

  static constexpr size_t kLongest = 1024;

  /// Writes more than `size` bytes, in steps whose number seldom varies.
  char* put_text(char* out, size_t size, uint64_t random) const {
    const char* from = letters_.data() + (random & (kSize - 1));
    for (size_t at = 0; at < size; at += kStep) std::memcpy(out + at, from + at, kStep);
    return out + size;
  }

 private:
  static constexpr size_t kSize = size_t{1} << 14;
  static constexpr size_t kStep = 128;
  static constexpr uint64_t kBlankIn = 13;
  std::string letters_;
};

/// As put_integer, for 0 to 99,999,999: eight digits at once, of which the zeros in front are shifted out. Writes eight bytes.
inline char* put_short_integer(char* out, int64_t value) {
  const auto number = static_cast<uint64_t>(value);
  const uint64_t halves = number / 10'000 | number % 10'000 << 32;
  const uint64_t hundreds = halves * 10'486 >> 20 & 0x0000007f0000007f;
  const uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
  const uint64_t tens = pairs * 103 >> 10 & 0x000f000f000f000f;
  const uint64_t digits = tens | (pairs - tens * 10) << 8;
  const int zeros = std::min(std::countr_zero(digits | uint64_t{1} << 56) / 8, 7);
  const uint64_t text = (digits | 0x3030303030303030) >> (8 * zeros);
  std::memcpy(out, &text, sizeof text);
  return out + 8 - zeros;
}

/// 100 to 100,000,000 hundredths, the logarithm evenly spread: the product of two powers of ten out of tables.
class Prices {
 public:
  Prices() {
    for (size_t i = 0; i < kSteps; ++i) {
      coarse_[i] = std::pow(10.0, 6.0 * static_cast<double>(i) / kSteps) * 100.0;
      fine_[i] = std::pow(10.0, 6.0 * static_cast<double>(i) / kSteps / kSteps);
    }
  }

  int64_t of(uint64_t random) const {
    return static_cast<int64_t>(coarse_[random % kSteps] * fine_[random / kSteps % kSteps] + 0.5);
  }

 private:
  static constexpr size_t kSteps = 256;
  std::array<double, kSteps> coarse_;
  std::array<double, kSteps> fine_;
};

/// `2020-01-01 00:00:00.123`: the text up to the second is kept, as it is the same for many events.
class TimeText {
 public:
  char* put_time(char* out, int64_t ms) {
    const int64_t second = ms >= 0 ? ms / kMsPerSecond : (ms - (kMsPerSecond - 1)) / kMsPerSecond;
    if (second != second_) {
      second_ = second;
      const time_t time = second;
      tm parts{};
      ::gmtime_r(&time, &parts);
      ::strftime(text_, sizeof text_, "%Y-%m-%d %H:%M:%S.", &parts);
    }
    std::memcpy(out, text_, kSize);
    const auto rest = static_cast<unsigned>(ms - second * kMsPerSecond);
    out[kSize] = static_cast<char>('0' + rest / 100);
    out[kSize + 1] = static_cast<char>('0' + rest / 10 % 10);
    out[kSize + 2] = static_cast<char>('0' + rest % 10);
    return out + kSize + 3;
  }

 private:
  static constexpr size_t kSize = 20;
  int64_t second_ = INT64_MIN;
  char text_[kSize + 12] = {};
};

int64_t last_person(int64_t event) { return event / kRound; }

int64_t last_auction(int64_t event) {
  const int64_t offset = event % kRound;
  if (offset < kPersons) return event / kRound * kAuctions - 1;
  return event / kRound * kAuctions + std::min(offset - kPersons, kAuctions - 1);
}

int64_t some_auction(int64_t event, RandomNumbers& random) {
  const int64_t last = std::max<int64_t>(last_auction(event), 0);
  const int64_t first = std::max<int64_t>(last - kAuctionsInFlight, 0);
  return first + static_cast<int64_t>(random.below(static_cast<uint64_t>(last - first + 1 + kAuctionLead)));
}

int64_t some_person(int64_t event, RandomNumbers& random) {
  const int64_t people = last_person(event) + 1;
  const int64_t active = std::min(people, kPeopleActive);
  return people - active + static_cast<int64_t>(random.below(static_cast<uint64_t>(active + kPersonLead)));
}

enum class Events : uint8_t { All, Persons, Auctions, Bids };

/// Of every event its number and the seed decide all, so that the streams of one kind alone are parts of the whole one.
class NexmarkRecords final : public RecordMaker {
 public:
  NexmarkRecords(Events events, uint64_t seed) : events_(events), seed_(RandomNumbers(seed).next()), letters_(seed) {}

  int64_t tick_of_row(int64_t row) const override {
    switch (events_) {
      case Events::All: return row;
      case Events::Persons: return row * kRound;
      case Events::Auctions: return row / kAuctions * kRound + kPersons + row % kAuctions;
      case Events::Bids: return row / kBids * kRound + kPersons + kAuctions + row % kBids;
    }
    return row;
  }
  double ticks_a_row() const override {
    constexpr auto kTicks = static_cast<double>(kRound);
    switch (events_) {
      case Events::All: return 1;
      case Events::Persons: return kTicks / kPersons;
      case Events::Auctions: return kTicks / kAuctions;
      case Events::Bids: return kTicks / kBids;
    }
    return 1;
  }
  int64_t tick_at_full_speed_ns() const override { return 1'000'000'000 / kUsualRate; }

  char* append(char* out, int64_t now_ns) override {
    const int64_t event = tick_of_row(row_++);
    RandomNumbers random(seed_ + static_cast<uint64_t>(event) * kEventStride);
    const int64_t now_ms = now_ns / 1'000'000;
    const int64_t offset = event % kRound;
    *out++ = '{';
    if (offset < kPersons) return append_person(type(out, '0'), event, now_ms, random);
    if (offset < kPersons + kAuctions) return append_auction(type(out, '1'), event, now_ms, random);
    return append_bid(type(out, '2'), event, now_ms, random);
  }

 private:
  static constexpr uint64_t kEventStride = 0xd1342543de82ef95u;  // odd, so that no two events have one state

  /// Where all kinds of events come, each says which it is.
  char* type(char* out, char number) const {
    if (events_ != Events::All) return out;
    out = put(out, "\"event_type\":");
    *out++ = number;
    *out++ = ',';
    return out;
  }

  /// Texts that make a record as large as it is meant to be, give or take a fifth.
  char* put_extra(char* out, size_t size, RandomNumbers& random) const {
    const size_t spread = size / 5;
    out = put(out, ",\"extra\":\"");
    const size_t length = size - spread + random.below(2 * spread + 1);
    return put(letters_.put_text(out, length, random.next()), "\"}\n");
  }

  char* put_date_time(char* out, int64_t now_ms) {
    *out++ = '"';
    out = times_.put_time(out, now_ms);
    *out++ = '"';
    return out;
  }

  char* append_person(char* out, int64_t event, int64_t now_ms, RandomNumbers& random) {
    constexpr size_t kExtra = 114;
    out = put_integer(put(out, "\"id\":"), last_person(event) + kFirstPersonId);
    out = put(put(out, ",\"name\":\""), random.one_of(std::span<const std::string_view>(kFirstNames)));
    *out++ = ' ';
    out = put(out, random.one_of(std::span<const std::string_view>(kLastNames)));
    out = put_word(put(out, "\",\"emailAddress\":\""), 7, random);
    *out++ = '@';
    out = put_word(out, 5, random);
    out = put(out, ".com\",\"creditCard\":\"");
    for (int group = 0; group < 4; ++group) {
      if (group > 0) *out++ = ' ';
      uint64_t digits = random.below(10'000);
      for (int i = 3; i >= 0; --i, digits /= 10) out[i] = static_cast<char>('0' + digits % 10);
      out += 4;
    }
    out = put(put(out, "\",\"city\":\""), random.one_of(std::span<const std::string_view>(kCities)));
    out = put(put(out, "\",\"state\":\""), random.one_of(std::span<const std::string_view>(kStates)));
    out = put_date_time(put(out, "\",\"dateTime\":"), now_ms);
    return put_extra(out, kExtra, random);
  }

  char* append_auction(char* out, int64_t event, int64_t now_ms, RandomNumbers& random) {
    constexpr size_t kExtra = 340;
    constexpr int64_t kLengthMs = kAuctionsInFlight * kRound / kAuctions * kMsPerSecond / kUsualRate;
    const int64_t seller = random.below(kHotPersonIn) > 0 ? last_person(event) / kHotStride * kHotStride : some_person(event, random);
    const int64_t initial_bid = prices_.of(random.next());
    out = put_integer(put(out, "\"id\":"), last_auction(event) + kFirstAuctionId);
    out = letters_.put_text(put(out, ",\"itemName\":\""), 3 + random.below(17), random.next());
    out = letters_.put_text(put(out, "\",\"description\":\""), 3 + random.below(97), random.next());
    out = put_integer(put(out, "\",\"initialBid\":"), initial_bid);
    out = put_integer(put(out, ",\"reserve\":"), initial_bid + prices_.of(random.next()));
    out = put_date_time(put(out, ",\"dateTime\":"), now_ms);
    out = put_date_time(put(out, ",\"expires\":"), now_ms + 1 + static_cast<int64_t>(random.below(2 * kLengthMs)));
    out = put_integer(put(out, ",\"seller\":"), seller + kFirstPersonId);
    out = put_integer(put(out, ",\"category\":"), kFirstCategory + static_cast<int64_t>(random.below(kCategories)));
    return put_extra(out, kExtra, random);
  }

  char* append_bid(char* out, int64_t event, int64_t now_ms, RandomNumbers& random) {
    constexpr size_t kExtra = 68;
    // Both are computed, since which one it is cannot be foreseen.
    const int64_t cold_auction = some_auction(event, random), cold_bidder = some_person(event, random);
    const int64_t auction = random.below(kHotAuctionIn) > 0 ? last_auction(event) / kHotStride * kHotStride : cold_auction;
    const int64_t bidder = random.below(kHotPersonIn) > 0 ? last_person(event) / kHotStride * kHotStride + 1 : cold_bidder;
    out = put_id(put(out, "\"auction\":"), auction + kFirstAuctionId);
    out = put_id(put(out, ",\"bidder\":"), bidder + kFirstPersonId);
    out = put_id(put(out, ",\"price\":"), prices_.of(random.next()));
    out = put(out, ",\"channel\":\"");
    if (random.below(kHotChannelIn) > 0) {
      out = put(out, random.one_of(std::span<const std::string_view>(kHotChannels)));
      out = put_url(out, random);
    } else {
      const auto channel = static_cast<int64_t>(random.below(kChannels));
      out = put_id(put(out, "channel-"), channel);
      out = put_id(put(put_url(out, random), "&channel_id="), channel * 7919 % 1'000'003);
    }
    out = put_date_time(put(out, "\",\"dateTime\":"), now_ms);
    return put_extra(out, kExtra, random);
  }

  char* put_url(char* out, RandomNumbers& random) const {
    out = put_word(put(out, "\",\"url\":\"https://nexmark.example/"), 5, random);
    *out++ = '/';
    out = put_word(out, 5, random);
    return put(out, "/item.htm?query=1");
  }

  static char* put_id(char* out, int64_t id) { return id < 100'000'000 ? put_short_integer(out, id) : put_integer(out, id); }

  /// Up to eight letters without blanks; writes eight bytes.
  static char* put_word(char* out, size_t size, RandomNumbers& random) {
    constexpr uint64_t kEven = 0x00ff00ff00ff00ff;
    const uint64_t word = random.next();
    const uint64_t letters = ((word & kEven) * 26 >> 8 & kEven) | ((word >> 8 & kEven) * 26 & ~kEven);
    const uint64_t text = letters + 0x6161616161616161;
    std::memcpy(out, &text, sizeof text);
    return out + size;
  }

  Events events_;
  uint64_t seed_;
  int64_t row_ = 0;
  LetterPool letters_;
  Prices prices_;
  TimeText times_;
};

}  // namespace

std::unique_ptr<RecordMaker> make_nexmark_records(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::All, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_persons(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Persons, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_auctions(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Auctions, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_bids(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Bids, settings.seed); }

}  // namespace millrace
