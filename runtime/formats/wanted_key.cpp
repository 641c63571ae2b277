#include "runtime/formats/wanted_key.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/formats/same_bytes.h"

namespace millrace {
namespace {

constexpr size_t kTailBytes = sizeof(uint64_t);

template <typename Word>
uint64_t word_at(const char* p) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

/// Mixes a key's length with its first and last bytes, which tell most keys of one record apart.
uint64_t key_hash(std::string_view text) {
  const char* p = text.data();
  const size_t size = text.size();
  uint64_t word = 0;
  if (size >= 8) {
    word = word_at<uint64_t>(p) ^ std::rotl(word_at<uint64_t>(p + size - 8), 23);
  } else if (size >= 4) {
    word = word_at<uint32_t>(p) << 32 | word_at<uint32_t>(p + size - 4);
  } else if (size > 0) {
    word = word_at<uint8_t>(p) << 16 | word_at<uint8_t>(p + size / 2) << 8 | word_at<uint8_t>(p + size - 1);
  }
  return (word ^ size) * 0x9e3779b97f4a7c15u;
}

}  // namespace

WantedKey::WantedKey(std::string key) : text(std::move(key)) {
  if (text.find_first_of("\"\\") != std::string::npos) {
    tail = 1;  // cannot be written without an escape, so that no flat record has it: a pattern that never matches
    return;
  }
  std::string quoted = '"' + text;
  const size_t size = std::min(quoted.size(), kTailBytes);
  char bytes[kTailBytes] = {};
  char mask[kTailBytes] = {};
  std::memcpy(bytes + kTailBytes - size, quoted.data() + quoted.size() - size, size);
  std::memset(mask + kTailBytes - size, 0xff, size);
  std::memcpy(&tail, bytes, kTailBytes);
  std::memcpy(&tail_mask, mask, kTailBytes);
}

bool WantedKey::matches(const char* close) const {
  uint64_t bytes;
  std::memcpy(&bytes, close - kTailBytes, kTailBytes);
  if ((bytes & tail_mask) != tail) return false;
  if (text.size() < kTailBytes) return true;
  const char* begin = close - text.size();
  return begin[-1] == '"' && std::memcmp(begin, text.data(), text.size()) == 0;
}

std::string_view short_key_before(const char* close) {
  const uint32_t stops = abi::string_stop_mask(close - abi::kMaskBytes);
  if (stops == 0) return {};
  const char* open = close - 1 - std::countl_zero(stops);
  if (*open != '"' || open[-1] == '\\') return {};
  return {open + 1, static_cast<size_t>(close - open - 1)};
}

KeyTable::KeyTable(const std::vector<WantedKey>& keys)
    : keys_(keys), slots_(std::bit_ceil(keys.size() * 4 + 2), -1), short_slots_(slots_.size()),
      shift_(64 - static_cast<uint32_t>(std::countr_zero(slots_.size()))) {
  for (size_t f = 0; f < keys.size(); ++f) {
    if (find(keys[f].text) >= 0) continue;
    add_short(keys[f].text, static_cast<int32_t>(f));
    size_t slot = key_hash(keys[f].text) >> shift_;
    while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<int32_t>(f);
  }
}

/// A plain key has no control character; a zero byte would look like none at all.
void KeyTable::add_short(std::string_view text, int32_t field) {
  if (text.size() > kShortMax || text.find('\0') != std::string_view::npos) return;
  char padded[kShortMax + 1] = {};
  std::memcpy(padded + sizeof padded - text.size(), text.data(), text.size());
  const ShortKey key = short_key(padded + sizeof padded, text.size());
  size_t slot = slot_of(key);
  while (short_slots_[slot].field >= 0) slot = (slot + 1) & (short_slots_.size() - 1);
  short_slots_[slot] = {key, field};
}

int32_t KeyTable::find(std::string_view text) const {
  for (size_t slot = key_hash(text) >> shift_;; slot = (slot + 1) & (slots_.size() - 1)) {
    const int32_t f = slots_[slot];
    if (f < 0) return f;
    const std::string& key = keys_[static_cast<size_t>(f)].text;
    if (key.size() == text.size() && same_bytes(key.data(), text.data(), key.size())) return f;
  }
}

}  // namespace millrace
