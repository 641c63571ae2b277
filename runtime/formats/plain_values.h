#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/json_scan.h"
#include "runtime/abi/scan_spec.h"

namespace millrace {

/// So many digits, without a sign, always fit an integer of this type; 0: it is none.
uint32_t digits_that_fit(abi::FieldType type);

/// Tells of located values whether they are spelled as nearly all are: a string without escapes, digits that fit, a plain number. What is known
/// to be so is read without a look at the rest of JSON's grammar; see JsonField::size.
class PlainValues {
 public:
  explicit PlainValues(const std::vector<abi::FieldSpec>& fields);

  /// Notes the sizes of those of a row's values that are plain, and passes the blanks in front of them; their bits, as JsonScan::known has them. The
  /// row ends with a control character, and 64 bytes behind it are readable.
  uint64_t note(const char* base, abi::JsonField* fields) const;

 private:
  enum class Spelling : uint8_t { Any, Text, Digits, Number };
  struct Field {
    Spelling spelling;
    uint32_t digits_max;
  };
  static uint32_t size_of(const Field& field, const char* value);

  std::vector<Field> fields_;  ///< those that have a bit
};

}  // namespace millrace
