#include "runtime/formats/wanted_key.h"

#include <algorithm>
#include <cstring>

namespace millrace {
namespace {

constexpr size_t kTailBytes = sizeof(uint64_t);

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

}  // namespace millrace
