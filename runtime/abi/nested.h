#pragma once

#include <cstdint>
#include <cstring>

#include "runtime/abi/string_ref.h"

/// ARRAY and MAP values: one run of bytes each, so that they are copied, kept, hashed and compared as strings are. From its first byte a run has
///   uint32 count, uint32 zero
///   one bit an element, set when it is NULL, padded to 8 bytes
///   one slot of 8 bytes an element: BOOLEAN, integers, DATE, TIMESTAMP and INTERVAL as int64; FLOAT and DOUBLE as a double's bits; STRING, BINARY,
///     DECIMAL (16 bytes: abi::Decimal) and nested values as {uint32 offset from the run's first byte, uint32 size}
///   the bytes that the slots point at, in the order of the elements; those of nested values begin at a multiple of 8
/// A STRUCT within an array or map is a run whose elements are its fields. A MAP is a run of two: its keys, an array, and its values, an
/// array of as many elements. Padding and the slots of NULLs are zero and a NaN has one form, so that equal values of one type have equal
/// bytes (0.0 and -0.0 stay two values). A run may lie at any address.
namespace millrace::abi {

inline constexpr int64_t kNestedHeaderBytes = 8;
inline constexpr int64_t kNestedSlotBytes = 8;
inline constexpr int64_t kNestedMax = int64_t{1} << 28;  ///< bytes of a run: what would be longer is NULL

/// A run without elements: what stands in the place of a NULL.
inline constexpr char kEmptyRun[kNestedHeaderBytes] = {};

inline uint32_t nested_count(const char* run) {
  uint32_t count;
  std::memcpy(&count, run, sizeof count);
  return count;
}

/// Where the slots begin.
inline int64_t nested_slots_at(int64_t count) { return kNestedHeaderBytes + (count + 63) / 64 * 8; }

/// Where the bytes that slots point at begin.
inline int64_t nested_payload_at(int64_t count) { return nested_slots_at(count) + count * kNestedSlotBytes; }

/// i < nested_count(run), here and below.
inline bool nested_is_null(const char* run, int64_t i) {
  return (static_cast<unsigned char>(run[kNestedHeaderBytes + i / 8]) >> (i % 8) & 1) != 0;
}

inline int64_t nested_int(const char* run, int64_t i) {
  int64_t word;
  std::memcpy(&word, run + nested_slots_at(nested_count(run)) + i * kNestedSlotBytes, sizeof word);
  return word;
}

inline double nested_double(const char* run, int64_t i) {
  double number;
  std::memcpy(&number, run + nested_slots_at(nested_count(run)) + i * kNestedSlotBytes, sizeof number);
  return number;
}

/// A STRING's or BINARY's bytes, or the run of a nested value. Of a NULL: the first byte of the run, size 0.
inline StringRef nested_bytes(const char* run, int64_t i) {
  uint32_t place[2];
  std::memcpy(place, run + nested_slots_at(nested_count(run)) + i * kNestedSlotBytes, sizeof place);
  return {run + place[0], static_cast<int64_t>(place[1])};
}

/// The run of a nested element; of a NULL an empty one.
inline const char* nested_run(const char* run, int64_t i) {
  return nested_is_null(run, i) ? kEmptyRun : nested_bytes(run, i).data;
}

inline const char* map_keys(const char* map) { return nested_count(map) == 0 ? kEmptyRun : nested_run(map, 0); }
inline const char* map_values(const char* map) { return nested_count(map) == 0 ? kEmptyRun : nested_run(map, 1); }

/// An element that is to be put into a run.
struct NestedItem {
  enum class Kind : int64_t { Null, Word, Bytes, Run };
  Kind kind = Kind::Null;
  int64_t word = 0;            ///< Word: the slot; Bytes, Run: how many
  const char* data = nullptr;  ///< Bytes, Run: borrowed until the run is made
};
static_assert(sizeof(NestedItem) == 24);

}  // namespace millrace::abi
