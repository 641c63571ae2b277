#pragma once

#include <cstdint>

namespace millrace::abi {

inline constexpr uint32_t kNoField = UINT32_MAX;

inline constexpr int kWholeDigitsShift = 16;

/// Where a field's value lies in its block.
struct JsonField {
  uint32_t offset;  ///< of its first byte (of a string its quote), or of blanks in front of it, from LineBlock::base; kNoField: missing
  uint32_t size;    ///< its bytes when it is known to be a string without escapes, digits that fit or a plain number, of a field of such a
                    ///< type; else 0. Of a DOUBLE the digits in front of its dot are in the bits from kWholeDigitsShift on
};

/// A row's word of JsonScan::known: whether it is as expected (then its fields are placed, but for those behind kTailPending), and for each
/// of the first fields whether its value is known to be one of the field's type in its usual spelling.
inline constexpr uint64_t kRowPlaced = uint64_t{1} << 63;
inline constexpr uint64_t kTailPending = uint64_t{1} << 62;  ///< late fields are placed by mr_json_place_late only
inline constexpr uint32_t kKnownFieldsMax = 62;
/// Alone, of a shared scan, in which no field is late: found, but some bytes of the line are not UTF-8. No field's bit, so that nothing is known of its values.
inline constexpr uint64_t kRowDoubtful = kTailPending;

/// What a pipeline has learned about where its fields stand in the records of a json source. One for each (pipeline,
/// source), or one for all pipelines that share a scan; made from a ScanSpec, used by one thread. Read directly by generated code.
struct JsonScan {
  int64_t mark_count;       ///< colons of a record of the learned shape, or -1 while nothing is learned
  const uint32_t* ordinal;  ///< for each field of the ScanSpec, which of the record's colons follows its key
  int64_t misses;           ///< rows that did not fit the learned shape
  const JsonField* placed;  ///< by mr_json_place_rows: the fields of row i begin at (i - from) * number of fields
  const uint64_t* known;    ///< of row i at i - from; 0 where it is not as expected or not unmarked
  const int64_t* values;    ///< of a shared scan: of its parsed fields that are known, the value (a DOUBLE's bits) of row i of parsed field k at
                            ///< k * value_stride + i
  int64_t value_stride;
};

}  // namespace millrace::abi
