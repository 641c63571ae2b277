#pragma once

#include <cstdint>

namespace millrace {

/// A range of bytes of the SQL text that is being compiled: [begin, end).
/// Every node of every compile-time tree carries one, so that each diagnostic can point at its cause.
struct SourceSpan {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool empty() const { return begin == end; }
  bool operator==(const SourceSpan&) const = default;
};

/// The smallest span that covers both.
inline SourceSpan cover(SourceSpan a, SourceSpan b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace millrace
