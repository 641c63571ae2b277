#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

#include "runtime/connectors/records/random_numbers.h"

/// What the records of Nexmark are made of: who may name whom, prices, times, texts.
namespace millrace::nexmark {

/// The events of an auction house [Tucker, Tufte, Papadimos, Maier, "NEXMark: A Benchmark for Queries over Data Streams", 2002], with the numbers of the
/// generator that Beam's and Flink's suites share: of fifty events the first is a person, the next three are auctions, the rest bids.
inline constexpr int64_t kPersons = 1;
inline constexpr int64_t kAuctions = 3;
inline constexpr int64_t kBids = 46;
inline constexpr int64_t kRound = kPersons + kAuctions + kBids;

inline constexpr int64_t kFirstPersonId = 1000;
inline constexpr int64_t kFirstAuctionId = 1000;
inline constexpr int64_t kFirstCategory = 10;
inline constexpr uint64_t kCategories = 5;
inline constexpr int64_t kAuctionsInFlight = 100;
inline constexpr int64_t kPeopleActive = 1000;
/// Bids and auctions may name somebody who is still to come.
inline constexpr int64_t kAuctionLead = 10;
inline constexpr int64_t kPersonLead = 10;
/// Half of the bids go to the hot auction, three of four come from the hot bidder and three of four auctions from the hot seller: the last whose
/// number is a multiple of a hundred.
inline constexpr uint64_t kHotAuctionIn = 2;
inline constexpr uint64_t kHotPersonIn = 4;
inline constexpr int64_t kHotStride = 100;
inline constexpr uint64_t kHotChannelIn = 2;
inline constexpr uint64_t kChannels = 10'000;
/// Events a second that the lengths of auctions are made for.
inline constexpr int64_t kUsualRate = 10'000;
inline constexpr int64_t kMsPerSecond = 1000;

inline constexpr std::string_view kHotChannels[] = {"Apple", "Baidu", "Facebook", "Google"};

/// Of the state of an event's random numbers; odd, so that no two events have one state.
inline constexpr uint64_t kEventStride = 0xd1342543de82ef95u;

/// Letters by the page, from which texts are cut: made once, as drawing each letter would cost more than all else.
class LetterPool {
 public:
  explicit LetterPool(uint64_t seed) : letters_(kSize + kLongest, ' ') {
    RandomNumbers random(seed);
    for (char& letter : letters_) letter = random.once_in(kBlankIn) ? ' ' : static_cast<char>('a' + random.below(26));
  }

  static constexpr size_t kLongest = 1024;

  /// kLongest bytes and more of it.
  const char* text(uint64_t random) const { return letters_.data() + (random & (kSize - 1)); }

  /// Writes more than `size` bytes, in steps whose number seldom varies.
  char* put_text(char* out, size_t size, uint64_t random) const {
    const char* from = text(random);
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

  [[gnu::always_inline]] int64_t of(uint64_t random) const {
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

inline int64_t last_person(int64_t event) { return event / kRound; }

inline int64_t last_auction(int64_t event) {
  const int64_t offset = event % kRound;
  if (offset < kPersons) return event / kRound * kAuctions - 1;
  return event / kRound * kAuctions + std::min(offset - kPersons, kAuctions - 1);
}

inline int64_t some_auction(int64_t event, RandomNumbers& random) {
  const int64_t last = std::max<int64_t>(last_auction(event), 0);
  const int64_t first = std::max<int64_t>(last - kAuctionsInFlight, 0);
  return first + static_cast<int64_t>(random.below(static_cast<uint64_t>(last - first + 1 + kAuctionLead)));
}

inline int64_t some_person(int64_t event, RandomNumbers& random) {
  const int64_t people = last_person(event) + 1;
  const int64_t active = std::min(people, kPeopleActive);
  return people - active + static_cast<int64_t>(random.below(static_cast<uint64_t>(active + kPersonLead)));
}

}  // namespace millrace::nexmark
