#include "compiler/driver/program_builder.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "compiler/analysis/random_calls.h"
#include "compiler/base/sql_error.h"
#include "compiler/codegen/query_codegen.h"
#include "compiler/driver/check_patterns.h"
#include "compiler/driver/query_shape.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/pipeline/state_bounds.h"
#include "compiler/pipeline/work_sharing.h"
#include "compiler/plan/result_keys.h"

namespace millrace {
namespace {

using Clock = std::chrono::steady_clock;

bool same_but_for_blank_rows(abi::Options a, abi::Options b) {
  a.erase("blank_rows");
  b.erase("blank_rows");
  return a == b;
}

}  // namespace

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Planned plan_query(plan::Query query, int32_t threads, std::vector<Diagnostic>& diagnostics) {
  check_patterns(query);
  Planned planned;
  planned.logical = std::make_unique<plan::Query>(optimize(std::move(query)));
  number_generators(*planned.logical);
  planned.physical = pipeline::build_pipelines(*planned.logical);
  planned.shape = query_shape(*planned.logical, planned.physical);  // before workers change how groups are kept
  if (threads > 1) pipeline::share_work(planned.physical, threads);
  const auto& warnings = planned.physical.warnings;
  diagnostics.insert(diagnostics.end(), warnings.begin(), warnings.end());
  return planned;
}

void ProgramBuilder::add(plan::Query query, double front_end_ms) {
  const Clock::time_point start = Clock::now();
  Planned planned = plan_query(std::move(query), script_.sharing.threads, script_.diagnostics);
  if (requires_bounded_state_) pipeline::require_bounded_state(planned.physical);
  sources_.push_back(number_sources(*planned.logical));
  planned_.push_back(std::move(planned));
  plan_ms_.push_back(front_end_ms + ms_since(start));
}

void ProgramBuilder::share_scans() {
  std::vector<pipeline::QuerySources> job;
  for (size_t i = 0; i < planned_.size(); ++i) job.push_back({&planned_[i].physical, sources_[i]});
  script_.program.shared_scans = pipeline::share_scans(job);
}

void ProgramBuilder::compile(Jit& jit) {
  for (size_t i = 0; i < planned_.size(); ++i) {
    const Clock::time_point start = Clock::now();
    const Planned& planned = planned_[i];
    abi::QuerySpec spec = describe(planned);
    pipeline::fill_program(planned.physical, spec, script_.sharing.queries.emplace_back());
    for (abi::PipelineSpec& p : spec.pipelines) {
      if (p.source < 0) continue;
      p.source = sources_[i][static_cast<size_t>(p.source)];
      const bool stream = p.phase == abi::Phase::Stream;
      if (stream && std::count(spec.sources.begin(), spec.sources.end(), p.source) == 0) spec.sources.push_back(p.source);
    }
    try {
      spec.code = generate(planned.physical, jit);
    } catch (const SqlError& error) {
      script_.diagnostics.push_back({Severity::Error, error.span, error.message, error.hint});
      continue;
    }
    spec.compile_ms = plan_ms_[i] + ms_since(start);
    script_.result_keys.push_back(plan::result_keys(*planned.logical->root));
    script_.program.queries.push_back(std::move(spec));
  }
}

abi::QuerySpec ProgramBuilder::describe(const Planned& planned) const {
  const plan::Query& logical = *planned.logical;
  abi::QuerySpec spec;
  spec.name = logical.name;
  spec.streaming = logical.streaming;
  spec.mode = logical.mode;
  spec.trigger = logical.trigger;
  spec.sink = logical.sink;
  spec.shape = planned.shape;
  if (!logical.late_table.empty()) spec.shape += "late rows are kept\n";
  for (const plan::Source& source : logical.sources) {
    if (source.spec.options.contains("keep_errors")) spec.shape += "errors of " + source.spec.name + " are kept\n";
  }
  for (const Column& column : logical.root->schema) spec.columns.push_back({column.name, to_string(column.type)});
  return spec;
}

std::shared_ptr<abi::CompiledCode> ProgramBuilder::generate(const pipeline::PhysicalQuery& physical, Jit& jit) const {
  if (options_.probes == nullptr) return jit.compile(generate_query(physical));
  QueryProbes& probes = *options_.probes->emplace_back(std::make_unique<QueryProbes>());
  for (const pipeline::Pipeline& p : physical.pipelines) probes.pipelines.push_back({p.phase, pipeline::describe_steps(physical, p)});
  for (size_t i = 0; i < physical.states.size(); ++i) {
    const bool holds_rows = !std::holds_alternative<pipeline::ScanState>(physical.states[i]);
    probes.states.push_back(holds_rows ? pipeline::describe(physical, i) : "");
  }
  return jit.compile(generate_query(physical, {.has_lines = true, .row_counts = options_.counts_rows ? &probes.row_counts : nullptr}), &probes.lines);
}

std::vector<int32_t> ProgramBuilder::number_sources(const plan::Query& query) {
  std::vector<int32_t> numbers;
  for (const plan::Source& source : query.sources) numbers.push_back(source.view ? -1 : index_of(source.spec));
  return numbers;
}

int32_t ProgramBuilder::index_of(const abi::SourceSpec& wanted) {
  std::vector<abi::SourceSpec>& sources = script_.program.sources;
  for (size_t i = 0; i < sources.size(); ++i) {
    const abi::SourceSpec& known = sources[i];
    if (known.name != wanted.name || known.connector != wanted.connector) continue;
    if (!same_but_for_blank_rows(known.options, wanted.options)) continue;
    // Who reads the lines of a text as records and who reads them as they are share the index of the records.
    if (known.format == abi::Format::Text && wanted.format == abi::Format::Json) sources[i] = wanted;
    return static_cast<int32_t>(i);
  }
  sources.push_back(wanted);
  return static_cast<int32_t>(sources.size()) - 1;
}

}  // namespace millrace
