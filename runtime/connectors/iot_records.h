#pragma once

#include <cstdint>
#include <span>

namespace millrace {

/// The records of the lab's watches: JSON lines with sorted keys, `, ` and `: ` between, doubles as Python prints them; about one in a
/// hundred is an error row that has nothing but its two times. The same seed gives the same rows, times aside. A value; one thread.
class IotRecords {
 public:
  /// Bytes that one record never exceeds.
  static constexpr size_t kLongestRecord = 512;

  explicit IotRecords(uint64_t seed) : random_state_(seed) {}

  /// Writes the next record, with its `\n`, to at least kLongestRecord bytes; returns one past its end.
  /// `now_ns`: nanoseconds since the epoch, the record's arrival.
  char* append(char* out, int64_t now_ns);

 private:
  uint64_t random();
  double random_unit();
  double triangular(double low, double high, double mode);

  uint64_t random_state_;
  int64_t index_ = 0;
};

}  // namespace millrace
