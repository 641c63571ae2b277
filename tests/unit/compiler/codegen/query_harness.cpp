#include "tests/unit/compiler/codegen/query_harness.h"

#include <cstring>

#include "compiler/codegen/query_codegen.h"
#include "runtime/engine/query_states.h"
#include "runtime/engine/shared_scans.h"
#include "runtime/formats/line_decoder.h"
#include "runtime/state/arena.h"

namespace millrace::testing {

PlanBuilder::PlanBuilder(Schema columns, abi::Format format, abi::OnError on_error) {
  plan::Source source;
  source.columns = std::move(columns);
  source.spec.format = format;
  source.spec.options["on_error"] = on_error == abi::OnError::Skip ? "skip" : on_error == abi::OnError::Fail ? "fail" : "null";
  query.sources.push_back(std::move(source));
  query.sink.format = abi::OutputFormat::Json;
}

plan::NodePtr PlanBuilder::scan() {
  auto node = std::make_unique<plan::Node>();
  plan::Scan scan{.relation = 0, .name = "s", .is_stream = true, .fields = {}};
  for (uint32_t i = 0; i < query.sources[0].columns.size(); ++i) scan.fields.push_back(i);
  node->schema = query.sources[0].columns;
  node->op = std::move(scan);
  node->is_stream = true;
  return node;
}

expr::ExprPtr PlanBuilder::col(const plan::Node& input, uint32_t i) {
  return expr::column(i, input.schema[i].name, input.schema[i].type, input.schema[i].nullable);
}

RunResult run_json(const plan::Query& query, std::string_view text, Tier tier, int64_t watermark_us) {
  pipeline::PhysicalQuery physical = pipeline::build_pipelines(query);
  abi::QuerySpec spec;
  abi::QuerySharing sharing;
  pipeline::fill_program(physical, spec, sharing);
  JitOptions options;
  options.first = tier;
  Jit jit(options);
  spec.code = jit.compile(generate_query(physical));

  const abi::Program shares_nothing;
  SharedScans scans(shares_nothing);
  QueryStates states(spec, scans);
  abi::Arena scratch;
  abi::OutputBuffer output{};
  output.row_limit = -1;
  abi::PipelineContext context{};
  context.states = states.slots();
  context.scratch = &scratch;
  context.output = &output;
  context.watermark_us = watermark_us;
  context.next_watermark_us = INT64_MAX;
  context.max_event_time_us = INT64_MIN;
  context.rows_limit_left = spec.row_limit;

  LineDecoder decoder({.format = query.sources[0].spec.format});
  std::memcpy(decoder.reserve(text.size()), text.data(), text.size());
  decoder.commit(text.size());
  abi::LineBlock block;
  auto run = [&](const abi::PipelineSpec& p, const abi::LineBlock* b, int64_t rows) {
    reinterpret_cast<abi::PipelineFn>(spec.code->entry[static_cast<size_t>(p.entry)].load())(&context, b, 0, rows);
    for (int32_t slot : p.finish_slots) states.finish(slot);
  };
  while (decoder.next_block(&block, true)) {
    for (const abi::PipelineSpec& p : spec.pipelines) {
      if (p.phase == abi::Phase::Stream) run(p, &block, block.row_count);
    }
  }
  for (const abi::PipelineSpec& p : spec.pipelines) {
    if (p.phase == abi::Phase::Emit) run(p, nullptr, 0);
  }
  RunResult result{std::string(output.data ? output.data : "", static_cast<size_t>(output.size)), context.rows_late, context.rows_bad};
  std::free(output.data);
  return result;
}

}  // namespace millrace::testing
