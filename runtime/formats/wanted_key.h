#pragma once

#include <cstdint>
#include <string>

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

}  // namespace millrace
