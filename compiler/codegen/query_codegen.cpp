#include "compiler/codegen/query_codegen.h"

#include <fmt/format.h>

#include "compiler/codegen/operators/pipeline_compiler.h"
#include "compiler/codegen/operators/over.h"
#include "compiler/codegen/operators/rollup.h"
#include "compiler/codegen/operators/worker_groups.h"

namespace millrace {

QueryModule generate_query(const pipeline::PhysicalQuery& query, const CodeProbes& probes) {
  QueryModule out;
  out.probes = probes;
  if (probes.row_counts != nullptr) probes.row_counts->assign(query.pipelines.size() * CodeProbes::kStepsAnEntry, 0);
  out.context = std::make_unique<llvm::LLVMContext>();
  out.module = std::make_unique<llvm::Module>("query", *out.context);
  ir::Emitter emitter(out);
  for (size_t i = 0; i < query.pipelines.size(); ++i) {
    if (query.pipelines[i].phase == abi::Phase::Stream) out.row_loops.push_back(out.entries.size());
    out.entries.push_back(fmt::format("query.pipeline{}", i));
    PipelineCompiler(emitter, query, query.pipelines[i]).generate(out.entries.back());
  }
  for (size_t i = 0; i < query.states.size(); ++i) {
    if (const auto* over = std::get_if<pipeline::OverState>(&query.states[i])) generate_over(emitter, out.entries, i, *over);
    const auto* aggregate = std::get_if<pipeline::AggregateState>(&query.states[i]);
    if (!aggregate) continue;
    auto entry = [&](const char* what) { return out.entries.emplace_back(fmt::format("query.{}{}", what, i)); };
    if (aggregate->rolls_up) generate_rollup(emitter, entry("rollup"), *aggregate);
    if (aggregate->kept.whole_offset == 0) continue;
    generate_adopt(emitter, entry("adopt"), *aggregate);
    generate_merge(emitter, entry("merge"), *aggregate);
    if (!aggregate->log.calls.empty()) generate_replay(emitter, entry("replay"), *aggregate);
    if (aggregate->staged.is_used) generate_add_staged(emitter, entry("staged"), *aggregate);
  }
  emitter.finish();
  return out;
}

}  // namespace millrace
