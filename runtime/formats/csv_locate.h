#pragma once

#include "runtime/abi/calls/scan.h"
#include "runtime/abi/scan_spec.h"

/// What mr_csv_locate keeps for each (pipeline, source).
namespace millrace {

/// Made from the fields that a pipeline reads. The caller destroys it. One thread.
abi::CsvScan* csv_scan_create(const abi::ScanSpec& spec);
void csv_scan_destroy(abi::CsvScan* scan);

}  // namespace millrace
