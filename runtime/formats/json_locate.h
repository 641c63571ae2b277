#pragma once

#include "runtime/abi/json_scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/abi/line_block.h"
#include "runtime/formats/line_indexer.h"

/// What mr_json_locate keeps for each (pipeline, source).
namespace millrace {

/// Made from the fields that a pipeline reads; nothing is learned yet. The caller destroys it. One thread.
abi::JsonScan* json_scan_create(const abi::ScanSpec& spec);
/// With a given variant of the record scanner: for tests.
abi::JsonScan* json_scan_create(const abi::ScanSpec& spec, const JsonSweeps& sweeps);
void json_scan_destroy(abi::JsonScan* scan);

class LearnedShape;

/// As mr_json_locate, but says nothing of bytes that are not UTF-8.
bool locate_fields(LearnedShape& shape, const abi::LineBlock& block, int64_t row, abi::JsonField* fields);
/// Whether a located value is UTF-8; a missing one is.
bool is_located_utf8(const abi::LineBlock& block, int64_t row, abi::JsonField field);

}  // namespace millrace
