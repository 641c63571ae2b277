#include "compiler/driver/compile_query.h"

#include <algorithm>
#include <chrono>

#include "compiler/codegen/query_codegen.h"
#include "compiler/driver/check_patterns.h"
#include "compiler/driver/listing_text.h"
#include "compiler/driver/query_shape.h"
#include "compiler/jit/ir_dump.h"
#include "compiler/optimizer/optimizer.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/pipeline/state_bounds.h"
#include "compiler/pipeline/work_sharing.h"
#include "compiler/plan/plan_printer.h"
#include "compiler/plan/result_keys.h"
#include "compiler/syntax/ast_printer.h"
#include "compiler/syntax/parser.h"

namespace millrace {
namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// A physical plan and the logical one that it points into.
struct Planned {
  std::unique_ptr<plan::Query> logical;
  pipeline::PhysicalQuery physical;
  std::string shape;
};

Planned plan_query(plan::Query query, int32_t threads, std::vector<Diagnostic>& diagnostics) {
  check_patterns(query);
  Planned planned;
  planned.logical = std::make_unique<plan::Query>(optimize(std::move(query)));
  planned.physical = pipeline::build_pipelines(*planned.logical);
  planned.shape = query_shape(*planned.logical, planned.physical);  // before workers change how groups are kept
  if (threads > 1) pipeline::share_work(planned.physical, threads);
  const auto& warnings = planned.physical.warnings;
  diagnostics.insert(diagnostics.end(), warnings.begin(), warnings.end());
  return planned;
}

std::string explain_query(plan::Query query, Stage stage, int32_t threads, std::vector<Diagnostic>& diagnostics) {
  if (stage == Stage::Logical) return plan::print(query);
  Planned planned = plan_query(std::move(query), threads, diagnostics);
  if (stage == Stage::State) return pipeline::print_state_bounds(planned.physical);
  if (stage == Stage::Physical) return plan::print(*planned.logical) + pipeline::print(planned.physical);
  QueryModule module = generate_query(planned.physical);
  return stage == Stage::Ir ? print_ir(module, Tier::Fast) : print_asm(module, Tier::Optimised);
}

Stage stage_of(ast::ExplainStage stage) {
  switch (stage) {
    case ast::ExplainStage::Logical: return Stage::Logical;
    case ast::ExplainStage::Physical: return Stage::Physical;
    case ast::ExplainStage::Ir: return Stage::Ir;
    case ast::ExplainStage::Asm: return Stage::Asm;
    case ast::ExplainStage::State: return Stage::State;
  }
  return Stage::Physical;
}

/// Adds queries to a program; sources that several of them read are one.
class ProgramBuilder {
 public:
  ProgramBuilder(CompiledScript& script, Jit& jit, const CompileOptions& options, bool requires_bounded_state)
      : program_(script.program), sharing_(script.sharing), result_keys_(script.result_keys), jit_(jit), options_(options), requires_bounded_state_(requires_bounded_state) {}

  void add(plan::Query query, double front_end_ms, std::vector<Diagnostic>& diagnostics) {
    Clock::time_point start = Clock::now();
    Planned planned = plan_query(std::move(query), sharing_.threads, diagnostics);
    if (requires_bounded_state_) pipeline::require_bounded_state(planned.physical);
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
    pipeline::fill_program(planned.physical, spec, sharing_.queries.emplace_back());
    share_sources(logical, spec);
    spec.code = compile(planned.physical);
    spec.compile_ms = front_end_ms + ms_since(start);
    result_keys_.push_back(plan::result_keys(*logical.root));
    program_.queries.push_back(std::move(spec));
  }

 private:
  std::shared_ptr<abi::CompiledCode> compile(const pipeline::PhysicalQuery& physical) {
    if (options_.probes == nullptr) return jit_.compile(generate_query(physical));
    QueryProbes& probes = *options_.probes->emplace_back(std::make_unique<QueryProbes>());
    for (const pipeline::Pipeline& p : physical.pipelines) probes.pipelines.push_back({p.phase, pipeline::describe_steps(physical, p)});
    for (size_t i = 0; i < physical.states.size(); ++i) {
      const bool holds_rows = !std::holds_alternative<pipeline::ScanState>(physical.states[i]);
      probes.states.push_back(holds_rows ? pipeline::describe(physical, i) : "");
    }
    return jit_.compile(generate_query(physical, {.has_lines = true, .row_counts = options_.counts_rows ? &probes.row_counts : nullptr}), &probes.lines);
  }

  void share_sources(const plan::Query& query, abi::QuerySpec& spec) {
    std::vector<int32_t> index;
    for (const plan::Source& source : query.sources) index.push_back(source.view ? -1 : index_of(source.spec));
    for (abi::PipelineSpec& p : spec.pipelines) {
      if (p.source < 0) continue;
      p.source = index[static_cast<size_t>(p.source)];
      bool stream = p.phase == abi::Phase::Stream;
      if (stream && std::count(spec.sources.begin(), spec.sources.end(), p.source) == 0) spec.sources.push_back(p.source);
    }
  }

  static bool same_but_for_blank_rows(abi::Options a, abi::Options b) {
    a.erase("blank_rows");
    b.erase("blank_rows");
    return a == b;
  }

  int32_t index_of(const abi::SourceSpec& wanted) {
    for (size_t i = 0; i < program_.sources.size(); ++i) {
      const abi::SourceSpec& known = program_.sources[i];
      if (known.name != wanted.name || known.connector != wanted.connector) continue;
      if (!same_but_for_blank_rows(known.options, wanted.options)) continue;
      // Who reads the lines of a text as records and who reads them as they are share the index of the records.
      if (known.format == abi::Format::Text && wanted.format == abi::Format::Json) program_.sources[i] = wanted;
      return static_cast<int32_t>(i);
    }
    program_.sources.push_back(wanted);
    return static_cast<int32_t>(program_.sources.size()) - 1;
  }

  abi::Program& program_;
  abi::WorkSharing& sharing_;
  std::vector<std::optional<std::vector<uint32_t>>>& result_keys_;
  Jit& jit_;
  const CompileOptions& options_;
  bool requires_bounded_state_;
};

void report(std::vector<Diagnostic>& diagnostics, const SqlError& error) {
  diagnostics.push_back({Severity::Error, error.span, error.message, error.hint});
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

void sort_by_position(std::vector<Diagnostic>& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
}

/// The command line goes before SET.
int32_t thread_count(const Analysis& analysis, const CompileOptions& options) {
  if (options.threads > 0) return options.threads;
  auto setting = analysis.settings.find("threads");
  return setting == analysis.settings.end() ? 1 : std::stoi(setting->second);
}

bool is_set(const Analysis& analysis, const std::string& name) {
  const auto setting = analysis.settings.find(name);
  return setting != analysis.settings.end() && setting->second == "true";
}

/// Compiles one analyzed statement into the script.
struct StatementCompiler {
  CompiledScript& script;
  ProgramBuilder& builder;
  double front_end_ms;
  bool keeps_tables = false;

  void operator()(AnalyzedQuery& query) const { builder.add(std::move(query.query), front_end_ms, script.diagnostics); }
  void operator()(AnalyzedListing& listing) const {
    if (keeps_tables) script.tables.push_back(std::move(listing));
    else script.listing += tabbed(listing);
  }
  void operator()(AnalyzedExplain& explain) const {
    script.listing += explain_query(std::move(explain.query), stage_of(explain.stage), script.sharing.threads, script.diagnostics);
  }
};

}  // namespace

namespace {

/// What analysis made of a script, as programs and text. `script` has the diagnostics of its parsing.
void compile_analysis(Analysis analysis, CompiledScript& script, Jit& jit, const CompileOptions& options,
                      double front_end_ms, bool keeps_tables) {
  std::move(analysis.diagnostics.begin(), analysis.diagnostics.end(), std::back_inserter(script.diagnostics));
  if (!has_errors(script.diagnostics)) {
    script.sharing.threads = thread_count(analysis, options);
    ProgramBuilder builder(script, jit, options, is_set(analysis, "require_bounded_state"));
    for (AnalyzedStatement& statement : analysis.statements) {
      try {
        std::visit(StatementCompiler{script, builder, front_end_ms, keeps_tables}, statement);
      } catch (const SqlError& error) {
        report(script.diagnostics, error);
      }
    }
  }
  script.settings = analysis.settings;
  if (auto zone = analysis.settings.find("timezone"); zone != analysis.settings.end()) script.program.time_zone = zone->second;
  if (auto most = analysis.settings.find("max_kept_lines"); most != analysis.settings.end()) script.program.max_kept_lines = std::stoll(most->second);
  if (auto limit = analysis.settings.find("memory_limit"); limit != analysis.settings.end()) script.program.memory_limit_bytes = std::stoll(limit->second);
  sort_by_position(script.diagnostics);
  script.ok = !has_errors(script.diagnostics);
}

}  // namespace

CompiledScript compile_script(const SourceText& source, Environment environment, Jit& jit, const CompileOptions& options) {
  Clock::time_point start = Clock::now();
  CompiledScript script;
  ParseResult parsed = parse_script(source);
  script.diagnostics = std::move(parsed.diagnostics);
  Analysis analysis = analyze(parsed.script, std::move(environment));
  double front_end_ms = ms_since(start);
  compile_analysis(std::move(analysis), script, jit, options, front_end_ms, false);
  return script;
}

CompiledScript compile_statement(const ast::Script& statement, Session& session, Jit& jit) {
  Clock::time_point start = Clock::now();
  CompiledScript script;
  Analysis analysis = analyze(statement, session);
  double front_end_ms = ms_since(start);
  compile_analysis(std::move(analysis), script, jit, {}, front_end_ms, true);
  return script;
}

Explained explain_script(const SourceText& source, Environment environment, Stage stage, const CompileOptions& options) {
  Explained out;
  ParseResult parsed = parse_script(source);
  out.diagnostics = std::move(parsed.diagnostics);
  if (stage == Stage::Ast) {
    out.text = ast::print(parsed.script);
  } else {
    Analysis analysis = analyze(parsed.script, std::move(environment));
    std::move(analysis.diagnostics.begin(), analysis.diagnostics.end(), std::back_inserter(out.diagnostics));
    for (AnalyzedStatement& statement : analysis.statements) {
      auto* query = std::get_if<AnalyzedQuery>(&statement);
      if (!query || analysis.has_errors()) continue;
      try {
        out.text += explain_query(std::move(query->query), stage, thread_count(analysis, options), out.diagnostics);
      } catch (const SqlError& error) {
        report(out.diagnostics, error);
      }
    }
  }
  sort_by_position(out.diagnostics);
  out.ok = !has_errors(out.diagnostics);
  return out;
}

}  // namespace millrace
