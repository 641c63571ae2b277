#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// Finds keys by their text: a hash table with open addressing.
class KeyTable {
 public:
  explicit KeyTable(const std::vector<WantedKey>& keys);
  /// The first of the keys that has this text; -1: none.
  int32_t find(std::string_view text) const;

 private:
  const std::vector<WantedKey>& keys_;
  std::vector<int32_t> slots_;  ///< a power of two of them; -1: empty
  uint32_t shift_;
};

}  // namespace millrace
