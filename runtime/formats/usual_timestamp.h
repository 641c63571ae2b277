#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/hot/calendar.h"

/// The spelling that nearly all times in records have, `2020-03-21 10:32:11.485`, eight bytes at a time.
namespace millrace {

/// The digits of eight bytes as numbers, everything else 0, where the bytes have the form of a pattern: '0' stands for any digit, other bytes for
/// themselves. False when they have not.
inline bool take_digits(const char* bytes, uint64_t pattern, uint64_t* digits) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  constexpr uint64_t kOnes = 0x0101010101010101, kTops = 0x8080808080808080;
  // Of a pattern's '0' up to nine more are right, of other bytes none: what is added reaches the top bit beyond that. No pattern has a byte whose
  // difference from '0' is a multiple of 0x80, so that the sum of what differs is exact.
  const uint64_t from_zero = pattern ^ (kOnes * '0');
  const uint64_t is_digit = ~(((from_zero & ~kTops) + (kOnes * 0x7f)) | from_zero) & kTops;
  const uint64_t beyond = kOnes * 0x7f - (is_digit >> 7) * 9;
  *digits = word ^ pattern;
  return (((*digits & ~kTops) + beyond) | *digits) & kTops ? false : true;
}

constexpr uint64_t eight_bytes(const char (&text)[9]) {
  uint64_t word = 0;
  for (int i = 7; i >= 0; --i) word = word << 8 | static_cast<unsigned char>(text[i]);
  return word;
}

/// A date by its text: times in records come day by day, and a thread reads those of one day for long.
struct DayRead {
  uint64_t head = 0;  ///< of the text its first eight bytes, then two
  uint16_t tail = 0;
  int64_t begins_us = 0;
};

/// When the day begins that `text` is the date of; false when it is none. `digits` are its digits as numbers, `day` that of the month.
inline bool read_day(uint64_t digits, int64_t day, DayRead* read) {
  const uint64_t pairs = digits * 10 + (digits >> 8);  // in the place of each digit the number of two digits that it begins
  const auto pair = [pairs](int place) { return static_cast<int64_t>(pairs >> 8 * place & 0xff); };
  const int64_t year = pair(0) * 100 + pair(2), month = pair(5);
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > abi::days_in_month(year, month))) return false;
  read->begins_us = abi::days_from_civil(year, month, day) * abi::kMicrosPerDay;
  return true;
}

/// The time at `p`, behind which a quote follows; 32 bytes are readable. Seconds, or milliseconds or microseconds. Returns where the quote is, nullptr
/// for other texts, which may be times all the same.
inline const char* read_usual_timestamp(const char* p, int64_t* local_us) {
  static thread_local DayRead last;
  uint64_t clock = 0, rest = 0;
  if (!take_digits(p + 8, eight_bytes("00 00:00"), &clock)) return nullptr;
  int64_t fraction = 0;
  const char* end = p + 23;
  if (take_digits(p + 16, eight_bytes(":00.000\""), &rest)) {
    fraction = static_cast<int64_t>((rest >> 32 & 0xff) * 100'000 + (rest >> 40 & 0xff) * 10'000 + (rest >> 48 & 0xff) * 1000);
  } else {
    char seconds[8] = {':', '0', '0', '.', '0', '0', '0', '"'};
    std::memcpy(seconds, p + 16, 3);
    if (!take_digits(seconds, eight_bytes(":00.000\""), &rest)) return nullptr;
    end = p + 19;
    uint64_t micros = 0;
    if (*end == '.') {
      char six[8] = {'0', '0', '0', '0', '0', '0', '0', '0'};
      std::memcpy(six + 2, p + 20, 6);
      if (!take_digits(six, eight_bytes("00000000"), &micros)) return nullptr;
      for (int i = 2; i < 8; ++i) fraction = fraction * 10 + static_cast<int64_t>(micros >> 8 * i & 0xff);
      end = p + 26;
    }
    if (*end != '"') return nullptr;
  }
  const uint64_t clock_pairs = clock * 10 + (clock >> 8);  // as in read_day
  const auto pair = [](uint64_t pairs, int place) { return static_cast<int64_t>(pairs >> 8 * place & 0xff); };
  const int64_t hour = pair(clock_pairs, 3), minute = pair(clock_pairs, 6), second = pair(rest * 10 + (rest >> 8), 1);
  if (hour > 23 || minute > 59 || second > 59) return nullptr;
  DayRead here;
  std::memcpy(&here.head, p, sizeof here.head);
  std::memcpy(&here.tail, p + sizeof here.head, sizeof here.tail);
  if (here.head != last.head || here.tail != last.tail) {
    uint64_t date = 0;
    if (!take_digits(p, eight_bytes("0000-00-"), &date) || !read_day(date, pair(clock_pairs, 0), &here)) return nullptr;
    last = here;
  }
  *local_us = last.begins_us + ((hour * 60 + minute) * 60 + second) * abi::kMicrosPerSecond + fraction;
  return end;
}

}  // namespace millrace
