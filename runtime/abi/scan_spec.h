#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::abi {

enum class Format : uint8_t { Json, Csv, Text };

enum class OnError : uint8_t { Null, Skip, Fail };

/// How a field's text becomes a machine value.
enum class FieldType : uint8_t {
  Boolean, TinyInt, SmallInt, Int, BigInt, Float, Double, String, Binary, Date, Timestamp, Decimal, Interval,
};

/// A field that a pipeline reads.
struct FieldSpec {
  std::string name;    ///< the exact key (json) or header name (csv)
  FieldType type = FieldType::String;
  int32_t ordinal = 0;  ///< position among the declared columns (csv: the column's position)
  bool late = false;    ///< wanted only of rows that a filter has kept: it may be found when it is first used
  bool parsed = false;  ///< of a shared scan: a number of which so many pipelines want the value that it is read for all of them
};

/// What one pipeline reads of a text source: the fields that are left after column pruning.
struct ScanSpec {
  Format format = Format::Json;
  OnError on_error = OnError::Null;
  bool strict = false;  ///< json: check every byte of a line, not only what is read
  bool notes_bad_rows = false;  ///< error rows are noted in PipelineContext::bad_rows: the source has dead letters
  std::vector<FieldSpec> fields;
  // csv
  char delimiter = ',';
  char quote = '"';
  char escape = '\\';
  std::string null_value;
};

/// Where a field's value lies within its line, or `data == nullptr` when the line has no such field.
/// json: `data` is at or before (blanks) the first byte of the value, `size` is unused (the value ends by its own syntax).
/// csv, text: the value's text, unquoted; a NULL of csv has data == nullptr.

/// What reading a value gave. The general and the straight parser agree on it for every input.
enum ReadStatus : int32_t {
  kReadNull = 0,   ///< NULL: missing, null, or of another type
  kReadValue = 1,  ///< the out parameter holds the value
  kReadError = 2,  ///< the line is malformed here: an error row
};

}  // namespace millrace::abi
