#pragma once

#include "runtime/abi/json_scan.h"
#include "runtime/abi/scan_spec.h"
#include "runtime/formats/line_indexer.h"

/// What mr_json_locate keeps for each (pipeline, source).
namespace millrace {

/// Made from the fields that a pipeline reads; nothing is learned yet. The caller destroys it. One thread.
abi::JsonScan* json_scan_create(const abi::ScanSpec& spec);
/// With a given variant of the record scanner: for tests.
abi::JsonScan* json_scan_create(const abi::ScanSpec& spec, const JsonSweeps& sweeps);
void json_scan_destroy(abi::JsonScan* scan);

}  // namespace millrace
