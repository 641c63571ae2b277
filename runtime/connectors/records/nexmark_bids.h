#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/connectors/records/nexmark_numbers.h"

namespace millrace::nexmark {

/// What is drawn for some bids, an array a thing, so that they are drawn side by side.
struct BidNumbers;

/// Bids, many at a time: first the numbers and short texts of all of them, with vector instructions where the processor has them, then the records,
/// whose pieces are copied in steps of a fixed size, so that there is nothing to foresee in a record. Byte for byte what each would be by itself.
class Bids {
 public:
  static constexpr size_t kAtOnce = 64;
  static constexpr size_t kLongest = 512;  ///< bytes of a record, with what is written behind it

  /// `seed`: of the events.
  explicit Bids(uint64_t seed);

  /// Whether the first `rows` bids have numbers as short as they have to be.
  static bool can_make(int64_t rows) { return rows < 1'000'000'000; }

  /// The k-th bid (from 0) and those behind it, one for each time, kAtOnce at most. Returns one past the end.
  char* append(char* out, int64_t k, std::span<const int64_t> times_ns, const LetterPool& letters, TimeText& times) const;

 private:
  using Draw = void (*)(BidNumbers& bids, const Prices& prices);

  uint64_t seed_;
  Draw draw_;
  Prices prices_;
};

}  // namespace millrace::nexmark
