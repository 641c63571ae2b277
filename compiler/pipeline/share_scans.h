#pragma once

#include <cstdint>
#include <vector>

#include "compiler/pipeline/pipeline.h"

namespace millrace::pipeline {

/// Which of a job's sources each of a query's own sources is, by its number; -1: none, such as a view.
struct QuerySources {
  PhysicalQuery* query = nullptr;
  std::vector<int32_t> sources;
};

/// Where several pipelines of a job read one json stream, has them share one scan of all the fields that any of them reads: their values
/// are then looked for once. Returns Program::shared_scans; the states of those pipelines refer to them. Strict scans, which check every byte
/// of a line, have their own.
std::vector<abi::ScanSpec> share_scans(const std::vector<QuerySources>& job);

}  // namespace millrace::pipeline
