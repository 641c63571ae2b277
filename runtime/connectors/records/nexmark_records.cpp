#include <algorithm>
#include <string>

#include "runtime/connectors/records/nexmark_bids.h"
#include "runtime/connectors/records/nexmark_numbers.h"
#include "runtime/connectors/records/random_numbers.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/records/record_text.h"

namespace millrace {

namespace {

using namespace nexmark;

constexpr std::string_view kStates[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::string_view kCities[] = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"};
constexpr std::string_view kFirstNames[] = {"Agnes", "Bram", "Clio", "Dirk", "Edda", "Flynn", "Greta", "Hugo", "Ines", "Jonas", "Kaya"};
constexpr std::string_view kLastNames[] = {"Abbott", "Bakker", "Castell", "Dunmore", "Eklund", "Farrow", "Gruber", "Hollis", "Ibsen"};

enum class Events : uint8_t { All, Persons, Auctions, Bids };

/// Of every event its number and the seed decide all, so that the streams of one kind alone are parts of the whole one.
class NexmarkRecords final : public RecordMaker {
 public:
  NexmarkRecords(Events events, uint64_t seed) : events_(events), seed_(RandomNumbers(seed).next()), letters_(seed), bids_(seed_) {}

  int64_t tick_of_row(int64_t row) const override {
    switch (events_) {
      case Events::All: return row;
      case Events::Persons: return row * kRound;
      case Events::Auctions: return row / kAuctions * kRound + kPersons + row % kAuctions;
      case Events::Bids: return row / kBids * kRound + kPersons + kAuctions + row % kBids;
    }
    return row;
  }
  void ticks_of_rows(int64_t row, std::span<int64_t> ticks) const override {
    if (events_ != Events::Bids) return RecordMaker::ticks_of_rows(row, ticks);
    int64_t offset = row % kBids;
    int64_t event = tick_of_row(row);
    for (int64_t& tick : ticks) {
      tick = event;
      const bool ends_round = ++offset == kBids;
      offset = ends_round ? 0 : offset;
      event += ends_round ? 1 + kPersons + kAuctions : 1;
    }
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

  size_t longest_record() const override { return events_ == Events::Bids ? Bids::kLongest : kLongestRecord; }

  char* append_some(char* out, std::span<const int64_t> times_ns) override {
    for (size_t done = 0; done < times_ns.size();) {
      const size_t some = std::min(times_ns.size() - done, Bids::kAtOnce);
      if (events_ != Events::Bids || !Bids::can_make(row_ + static_cast<int64_t>(some))) return RecordMaker::append_some(out, times_ns.subspan(done));
      out = bids_.append(out, row_, times_ns.subspan(done, some), letters_, times_);
      row_ += static_cast<int64_t>(some);
      done += some;
    }
    return out;
  }

 private:
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
  Bids bids_;
};

}  // namespace

std::unique_ptr<RecordMaker> make_nexmark_records(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::All, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_persons(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Persons, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_auctions(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Auctions, settings.seed); }
std::unique_ptr<RecordMaker> make_nexmark_bids(const RecordSettings& settings) { return std::make_unique<NexmarkRecords>(Events::Bids, settings.seed); }

}  // namespace millrace
