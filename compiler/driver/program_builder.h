#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "compiler/driver/compile_query.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/pipeline/share_scans.h"
#include "compiler/plan/plan.h"

namespace millrace {

double ms_since(std::chrono::steady_clock::time_point start);

/// A physical plan and the logical one that it points into.
struct Planned {
  std::unique_ptr<plan::Query> logical;
  pipeline::PhysicalQuery physical;
  std::string shape;
};

/// Optimises a query and cuts it into pipelines. Appends warnings.
Planned plan_query(plan::Query query, int32_t threads, std::vector<Diagnostic>& diagnostics);

/// Makes a program of a script's queries: plans them one after the other, then has them share what they can, then compiles them. Sources that
/// several of them read are one. Errors of a query are thrown by `add`, or noted by `finish`.
class ProgramBuilder {
 public:
  ProgramBuilder(CompiledScript& script, const CompileOptions& options, bool requires_bounded_state)
      : script_(script), options_(options), requires_bounded_state_(requires_bounded_state) {}

  void add(plan::Query query, double front_end_ms);
  /// Nothing is added afterwards.
  void share_scans();
  /// After share_scans, unless there are errors: generates the code and completes the program.
  void compile(Jit& jit);
  /// After share_scans: what the queries look like.
  const std::vector<Planned>& planned() const { return planned_; }

 private:
  abi::QuerySpec describe(const Planned& planned) const;
  std::vector<int32_t> number_sources(const plan::Query& query);
  int32_t index_of(const abi::SourceSpec& wanted);
  std::shared_ptr<abi::CompiledCode> generate(const pipeline::PhysicalQuery& physical, Jit& jit) const;

  CompiledScript& script_;
  const CompileOptions& options_;
  bool requires_bounded_state_;
  std::vector<Planned> planned_;
  std::vector<std::vector<int32_t>> sources_;  ///< of each query, by its own numbers
  std::vector<double> plan_ms_;                ///< of each query, with what went before
};

}  // namespace millrace
