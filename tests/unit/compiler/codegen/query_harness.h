#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/jit/jit.h"
#include "compiler/pipeline/pipeline.h"

namespace millrace::testing {

/// What one run of a hand-built plan wrote, and how its rows were counted.
struct RunResult {
  std::string output;
  int64_t rows_late = 0;
  int64_t rows_bad = 0;
};

/// Builds small plans without a parser.
struct PlanBuilder {
  plan::Query query;

  PlanBuilder(Schema columns, abi::Format format, abi::OnError on_error = abi::OnError::Null);
  plan::NodePtr scan();
  static expr::ExprPtr col(const plan::Node& input, uint32_t i);
};

/// Runs the query's pipelines over the text as one batch, json lines out, with code of the given tier.
RunResult run_json(const plan::Query& query, std::string_view text, Tier tier, int64_t watermark_us = INT64_MIN);

}  // namespace millrace::testing
