#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/hot/byte_mask.h"

namespace millrace {

/// A key that is looked for in flat records: its last eight bytes, quote in front included where they reach so far, decide
/// in one compare; longer keys are then compared in full.
struct WantedKey {
  std::string text;
  uint64_t tail = 0;
  uint64_t tail_mask = 0;

  explicit WantedKey(std::string key);

  /// Whether the string whose closing quote is at `close` is this key, no quote or backslash being in it.
  bool matches(const char* close) const;
};

/// The key whose closing quote is at `close`, when it is short and free of escapes, as nearly all are; else no text, its data null. 64 bytes in
/// front are readable.
std::string_view short_key_before(const char* close);

/// Finds keys by their text: hash tables with open addressing.
class KeyTable {
 public:
  /// What find_before says when the key is long or may have escapes.
  static constexpr int32_t kUnclear = -2;

  explicit KeyTable(const std::vector<WantedKey>& keys);
  /// The first of the keys that has this text; -1: none.
  int32_t find(std::string_view text) const;
  /// The same of a key whose closing quote is at `close`; 64 bytes in front are readable. Without a branch that depends on the key's size: in records
  /// that shuffle their keys each would be guessed wrong.
  int32_t find_before(const char* close) const {
    const uint32_t stops = abi::string_stop_mask(close - abi::kMaskBytes);
    const auto size = static_cast<size_t>(std::countl_zero(stops));
    if (size > kShortMax) return kUnclear;
    const char* open = close - 1 - size;
    if (*open != '"' || open[-1] == '\\') return kUnclear;
    const ShortKey key = short_key(close, size);
    for (size_t slot = slot_of(key);; slot = (slot + 1) & (short_slots_.size() - 1)) {
      const ShortSlot& here = short_slots_[slot];
      if (here.key == key) return here.field;
      if (here.field < 0) return -1;
    }
  }

 private:
  static constexpr size_t kShortMax = 15;

  /// A key's bytes right-aligned, zeros in front.
  struct ShortKey {
    uint64_t low = 0;
    uint64_t high = 0;
    bool operator==(const ShortKey&) const = default;
  };
  struct ShortSlot {
    ShortKey key;
    int32_t field = -1;  ///< -1: the slot is empty
  };

  /// The `size` bytes in front of `end`, at most kShortMax; 16 are readable.
  static ShortKey short_key(const char* end, size_t size) {
    static constexpr char kKept[32] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
                                       -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    uint64_t bytes[2];
    uint64_t kept[2];
    std::memcpy(bytes, end - sizeof bytes, sizeof bytes);
    std::memcpy(kept, kKept + size, sizeof kept);
    return {bytes[0] & kept[0], bytes[1] & kept[1]};
  }
  size_t slot_of(const ShortKey& key) const { return (key.high ^ std::rotl(key.low, 29)) * 0x9e3779b97f4a7c15u >> shift_; }
  void add_short(std::string_view text, int32_t field);

  const std::vector<WantedKey>& keys_;
  std::vector<int32_t> slots_;  ///< a power of two of them; -1: empty
  std::vector<ShortSlot> short_slots_;  ///< as many
  uint32_t shift_;
};

}  // namespace millrace
