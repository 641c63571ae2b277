#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/scan_spec.h"
#include "runtime/formats/csv_record.h"

/// The columns of a static table that declares none, from all of its bytes.
namespace millrace {

struct InferredColumn {
  std::string name;
  abi::FieldType type = abi::FieldType::String;

  bool operator==(const InferredColumn&) const = default;
};

struct CsvInference {
  CsvDialect dialect;
  bool header = false;  ///< without one the columns are `_c0`, `_c1`, …
  std::string null_value;
};

/// Spark's inferSchema: each column the tightest of int, bigint, double, timestamp, boolean that takes all of its values, else string; a
/// column without values is a string. Integers beyond bigint become double (Spark: DECIMAL).
std::vector<InferredColumn> infer_csv_schema(std::string_view text, const CsvInference& options);

/// The keys of all records, in the order in which they first appear; bigint, double, boolean or string. Lines that are no object are
/// passed over. Spark sorts the names; the file's order serves a reader of `SELECT *` better.
std::vector<InferredColumn> infer_json_schema(std::string_view text);

}  // namespace millrace
