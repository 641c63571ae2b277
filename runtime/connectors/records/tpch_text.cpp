#include "runtime/connectors/records/tpch_text.h"

#include <cstring>

#include "runtime/connectors/records/record_text.h"

namespace millrace {

namespace {

using Words = std::span<const std::string_view>;

constexpr size_t kPageBytes = size_t{1} << 16;

constexpr std::string_view kManners[] = {"quietly ", "slowly ", "boldly ", "evenly ", "finally ", "hardly ", "often ", "seldom ", "", "", "", ""};
constexpr std::string_view kKinds[] = {"bright ", "calm ", "daily ", "eager ", "express ", "final ", "late ", "pending ", "regular ", "silent ", "unusual ", ""};
constexpr std::string_view kThings[] = {"accounts",  "barges",  "crates",    "deposits", "engines", "farms",   "gardens",
                                        "harbours", "invoices", "journeys", "ledgers",  "lanterns", "mills", "orchards",
                                        "packages",  "pallets", "quays",     "rivers",   "shipments", "theories", "wagons"};
constexpr std::string_view kDeeds[] = {"arrive",  "await",  "carry", "cross", "doze", "follow", "gather", "grind", "linger", "measure",
                                       "promise", "settle", "sleep", "turn",  "wake", "wander", "weigh",  "wind"};
constexpr std::string_view kPlaces[] = {"above", "across", "along", "among", "behind", "beside", "near", "past", "under", "without"};
constexpr std::string_view kEnds[] = {". ", ". ", ". ", "; ", ", ", "! ", "? "};

char* put_digits(char* out, int64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + digits;
}

}  // namespace

TpchText::TpchText(uint64_t seed) {
  RandomNumbers random(seed);
  pages_.reserve(kPageBytes + kLongest + 128);
  while (pages_.size() < kPageBytes + kLongest) {
    for (Words words : {Words(kManners), Words(kKinds), Words(kThings)}) pages_ += random.one_of(words);
    (pages_ += ' ') += random.one_of(Words(kDeeds));
    if (random.once_in(2)) {
      ((pages_ += ' ') += random.one_of(Words(kPlaces))) += " the ";
      for (Words words : {Words(kKinds), Words(kThings)}) pages_ += random.one_of(words);
    }
    pages_ += random.one_of(Words(kEnds));
  }
}

char* TpchText::put_comment(char* out, int64_t low, int64_t high, RandomNumbers& random) const {
  const auto size = static_cast<size_t>(random.between(low, high));
  *out++ = '"';
  std::memcpy(out, pages_.data() + random.below(kPageBytes), size);
  out += size;
  *out++ = '"';
  return out;
}

char* TpchText::put_comment_with(char* out, int64_t low, int64_t high, std::string_view first, std::string_view second, RandomNumbers& random) const {
  char* const end = put_comment(out, low, high, random);
  const int64_t room = end - out - 2 - static_cast<int64_t>(first.size() + second.size());
  const int64_t before = random.between(0, room - 1);
  const int64_t between_them = random.between(1, room - before);
  char* const place = out + 1 + before;
  std::memcpy(place, first.data(), first.size());
  std::memcpy(place + first.size() + between_them, second.data(), second.size());
  return end;
}

char* TpchText::put_address(char* out, RandomNumbers& random) {
  constexpr std::string_view kSigns = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ, ";
  const int64_t size = random.between(10, 40);
  *out++ = '"';
  for (int64_t i = 0; i < size; ++i) *out++ = kSigns[random.below(kSigns.size())];
  *out++ = '"';
  return out;
}

char* put_tpch_phone(char* out, int64_t nation, RandomNumbers& random) {
  *out++ = '"';
  out = put_digits(out, nation + 10, 2);
  for (int group = 0; group < 2; ++group) {
    *out++ = '-';
    out = put_digits(out, random.between(100, 999), 3);
  }
  *out++ = '-';
  out = put_digits(out, random.between(1000, 9999), 4);
  *out++ = '"';
  return out;
}

}  // namespace millrace
