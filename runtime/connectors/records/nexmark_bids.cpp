#include "runtime/connectors/records/nexmark_bids.h"

#include <bit>
#include <cstring>

#include "runtime/connectors/records/record_text.h"

namespace millrace::nexmark {

struct BidNumbers {
  using Words = uint64_t[Bids::kAtOnce];

  /// Up to eight bytes, the first in the lowest, and how many they are.
  struct Texts {
    Words text;
    Words size;
  };

  Words state;         ///< of each event's random numbers
  Words last_auction;
  Words last_person;

  Texts auction;
  Texts bidder;
  Texts price;
  Words channel;       ///< its first eight bytes
  Words channel_rest;  ///< and the rest
  Words channel_size;
  Texts channel_id;
  Words id_size;       ///< of the parameter of the URL, 0: there is none
  Words first_word;
  Words second_word;
  Words extra;
  Words extra_size;
};

namespace {

constexpr std::string_view kIdParameter = "&channel_id=";

constexpr uint64_t bytes_of(std::string_view text) {
  uint64_t word = 0;
  for (size_t i = text.size(); i-- > 0;) word = word << 8 | static_cast<unsigned char>(text[i]);
  return word;
}

// What follows is compiled for several instruction sets: all of it is inlined into the functions that say which.

/// The k-th random number, from 1, of a state: RandomNumbers::next.
[[gnu::always_inline]] inline uint64_t draw(uint64_t state, uint64_t k) {
  uint64_t word = state + k * 0x9E3779B97F4A7C15u;
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
  return word ^ (word >> 31);
}

[[gnu::always_inline]] inline uint64_t below(uint64_t random, uint64_t bound) { return ((random >> 32) * bound) >> 32; }

/// As put_short_integer: a number of at most eight digits.
[[gnu::always_inline]] inline void write_integer(uint64_t number, uint64_t* text, uint64_t* size) {
  const uint64_t upper = number * 3'518'437'209 >> 45;  // a division by 10,000, of less than 2^32
  const uint64_t halves = upper | (number - upper * 10'000) << 32;
  const uint64_t hundreds = halves * 10'486 >> 20 & 0x0000007f0000007f;
  const uint64_t pairs = hundreds | (halves - hundreds * 100) << 16;
  const uint64_t tens = pairs * 103 >> 10 & 0x000f000f000f000f;
  const uint64_t digits = tens | (pairs - tens * 10) << 8;
  // Spelled out: as a loop it would keep the one around it from being done by vectors.
  const uint64_t count = 1 + uint64_t{number >= 10} + uint64_t{number >= 100} + uint64_t{number >= 1'000} + uint64_t{number >= 10'000} +
                         uint64_t{number >= 100'000} + uint64_t{number >= 1'000'000} + uint64_t{number >= 10'000'000};
  *text = (digits | 0x3030303030303030) >> (64 - 8 * count);
  *size = count;
}

/// Rounded down to a multiple of kHotStride, of less than 2^32.
[[gnu::always_inline]] inline uint64_t hot_before(uint64_t number) {
  static_assert(kHotStride == 100);
  return (number * 1'374'389'535 >> 37) * 100;
}

[[gnu::always_inline]] inline uint64_t eight_letters(uint64_t random) {
  constexpr uint64_t kEven = 0x00ff00ff00ff00ff;
  const uint64_t letters = ((random & kEven) * 26 >> 8 & kEven) | ((random >> 8 & kEven) * 26 & ~kEven);
  return letters + 0x6161616161616161;
}

[[gnu::always_inline]] inline void draw_people(BidNumbers& b) {
  for (size_t i = 0; i < Bids::kAtOnce; ++i) {
    const uint64_t last = b.last_auction[i];
    const uint64_t first = last > kAuctionsInFlight ? last - kAuctionsInFlight : 0;
    const uint64_t cold = first + below(draw(b.state[i], 1), last - first + 1 + kAuctionLead);
    const uint64_t hot = hot_before(last);
    const uint64_t auction = below(draw(b.state[i], 3), kHotAuctionIn) > 0 ? hot : cold;
    write_integer(auction + kFirstAuctionId, &b.auction.text[i], &b.auction.size[i]);
  }
  for (size_t i = 0; i < Bids::kAtOnce; ++i) {
    const uint64_t people = b.last_person[i] + 1;
    const uint64_t active = people < kPeopleActive ? people : kPeopleActive;
    const uint64_t cold = people - active + below(draw(b.state[i], 2), active + kPersonLead);
    const uint64_t hot = hot_before(b.last_person[i]) + 1;
    const uint64_t bidder = below(draw(b.state[i], 4), kHotPersonIn) > 0 ? hot : cold;
    write_integer(bidder + kFirstPersonId, &b.bidder.text[i], &b.bidder.size[i]);
  }
}

/// Without a branch, which compilers make of conditional expressions in a row.
[[gnu::always_inline]] inline uint64_t choose(bool condition, uint64_t yes, uint64_t no) { return no ^ ((yes ^ no) & (0 - uint64_t{condition})); }

[[gnu::always_inline]] inline uint64_t one_of(const uint64_t (&all)[4], uint64_t which) {
  return choose(which >= 2, choose(which == 3, all[3], all[2]), choose(which == 1, all[1], all[0]));
}

[[gnu::always_inline]] inline void draw_channels(BidNumbers& b) {
  constexpr uint64_t kNames[] = {bytes_of(kHotChannels[0]), bytes_of(kHotChannels[1]), bytes_of(kHotChannels[2]), bytes_of(kHotChannels[3])};
  constexpr uint64_t kSizes[] = {kHotChannels[0].size(), kHotChannels[1].size(), kHotChannels[2].size(), kHotChannels[3].size()};
  static_assert(std::size(kHotChannels) == 4);
  constexpr uint64_t kCold = bytes_of("channel-");
  for (size_t i = 0; i < Bids::kAtOnce; ++i) {
    const bool is_hot = below(draw(b.state[i], 6), kHotChannelIn) > 0;
    const uint64_t random = draw(b.state[i], 7);
    const uint64_t which = below(random, 4);
    const uint64_t number = below(random, kChannels);
    uint64_t text = 0, size = 0;
    write_integer(number, &text, &size);
    b.channel[i] = choose(is_hot, one_of(kNames, which), kCold);
    b.channel_rest[i] = text;
    b.channel_size[i] = choose(is_hot, one_of(kSizes, which), 8 + size);
    uint64_t id = number * 7919;
    id -= (id * 4'503'586'117 >> 52) * 1'000'003;  // the remainder of less than 2^27
    write_integer(id, &b.channel_id.text[i], &b.channel_id.size[i]);
    b.id_size[i] = choose(is_hot, 0, kIdParameter.size() + b.channel_id.size[i]);
  }
}

[[gnu::always_inline]] inline void draw_texts(BidNumbers& b) {
  constexpr uint64_t kExtra = 68, kSpread = kExtra / 5;
  for (size_t i = 0; i < Bids::kAtOnce; ++i) {
    b.first_word[i] = eight_letters(draw(b.state[i], 8));
    b.second_word[i] = eight_letters(draw(b.state[i], 9));
    b.extra_size[i] = kExtra - kSpread + below(draw(b.state[i], 10), 2 * kSpread + 1);
    b.extra[i] = draw(b.state[i], 11);
  }
}

[[gnu::always_inline]] inline void draw_all(BidNumbers& b, const Prices& prices) {
  draw_people(b);
  for (size_t i = 0; i < Bids::kAtOnce; ++i) {
    write_integer(static_cast<uint64_t>(prices.of(draw(b.state[i], 5))), &b.price.text[i], &b.price.size[i]);
  }
  draw_channels(b);
  draw_texts(b);
}

void draw_portable(BidNumbers& b, const Prices& prices) { draw_all(b, prices); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] void draw_avx2(BidNumbers& b, const Prices& prices) { draw_all(b, prices); }
[[gnu::target("avx512f,avx512dq,avx512bw,avx512vl")]] void draw_avx512(BidNumbers& b, const Prices& prices) { draw_all(b, prices); }
#endif

inline char* put_word(char* out, uint64_t text) {
  std::memcpy(out, &text, sizeof text);
  return out + sizeof text;
}

inline char* put_text(char* out, const BidNumbers::Texts& texts, size_t i) {
  std::memcpy(out, &texts.text[i], sizeof texts.text[i]);
  return out + texts.size[i];
}

char* put_bid(char* out, const BidNumbers& b, size_t i, int64_t now_ns, const LetterPool& letters, TimeText& times) {
  out = put_text(put(out, "{\"auction\":"), b.auction, i);
  out = put_text(put(out, ",\"bidder\":"), b.bidder, i);
  out = put_text(put(out, ",\"price\":"), b.price, i);
  out = put(out, ",\"channel\":\"");
  put_word(put_word(out, b.channel[i]), b.channel_rest[i]);
  out = put(out + b.channel_size[i], "\",\"url\":\"https://nexmark.example/");
  put_word(out, b.first_word[i]);
  out = put(out + 5, "/");
  put_word(out, b.second_word[i]);
  out = put(out + 5, "/item.htm?query=1");
  put_word(put(out, kIdParameter), b.channel_id.text[i]);
  out = times.put_time(put(out + b.id_size[i], "\",\"dateTime\":\""), now_ns / 1'000'000);
  out = put(out, "\",\"extra\":\"");
  constexpr size_t kLongestExtra = 96;
  std::memcpy(out, letters.text(b.extra[i]), kLongestExtra);
  return put(out + b.extra_size[i], "\"}\n");
}

}  // namespace

Bids::Bids(uint64_t seed) : seed_(seed), draw_(&draw_portable) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) draw_ = &draw_avx2;
  if (__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) draw_ = &draw_avx512;
#endif
}

char* Bids::append(char* out, int64_t k, std::span<const int64_t> times_ns, const LetterPool& letters, TimeText& times) const {
  BidNumbers numbers;
  int64_t round = k / kBids;
  int64_t offset = k % kBids;
  for (size_t i = 0; i < kAtOnce; ++i) {
    const int64_t event = round * kRound + kPersons + kAuctions + offset;
    numbers.state[i] = seed_ + static_cast<uint64_t>(event) * kEventStride;
    numbers.last_auction[i] = static_cast<uint64_t>(last_auction(event));
    numbers.last_person[i] = static_cast<uint64_t>(round);
    const bool ends_round = ++offset == kBids;
    offset = ends_round ? 0 : offset;
    round += ends_round;
  }
  draw_(numbers, prices_);
  for (size_t i = 0; i < times_ns.size(); ++i) out = put_bid(out, numbers, i, times_ns[i], letters, times);
  return out;
}

}  // namespace millrace::nexmark
