#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/json_scan.h"
#include "runtime/abi/line_block.h"
#include "runtime/abi/scan_spec.h"

/// Finding fields in lines: what generated code calls when the straight path of runtime/hot/json.h does not apply.
/// Bodies in runtime/formats.
namespace millrace::abi {

struct CsvScan;

extern "C" {

/// Finds the fields of row `row` whatever its shape: any key order, escapes in keys, nested values. Writes one StringRef a field
/// of the ScanSpec into `fields` (data == nullptr: the line has no such key). Learns the row's shape when the
/// straight path would have served it. Returns false when the line is not one JSON object as far as braces and strings go (or, if strict, at all).
bool mr_json_locate(PipelineContext* ctx, JsonScan* scan, const LineBlock* block, int64_t row, StringRef* fields) noexcept;

/// Splits a csv line; writes one StringRef a field (unquoted into scratch where need be). Missing trailing fields are NULL.
/// Returns false for a malformed line (an open quote).
bool mr_csv_locate(PipelineContext* ctx, CsvScan* scan, const LineBlock* block, int64_t row, StringRef* fields) noexcept;

}  // extern "C"

}  // namespace millrace::abi
