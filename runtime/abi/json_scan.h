#pragma once

#include <cstdint>

namespace millrace::abi {

/// What a pipeline has learned about where its fields stand in the records of a json source. One for each (pipeline,
/// source); made by mr_json_scan_create from a ScanSpec, used by one thread. Read directly by generated code.
struct JsonScan {
  int64_t mark_count;       ///< colons of a record of the learned shape, or -1 while nothing is learned
  const uint32_t* ordinal;  ///< for each field of the ScanSpec, which of the record's colons follows its key
  int64_t misses;           ///< rows that did not fit the learned shape
};

}  // namespace millrace::abi
