#include "compiler/driver/compile_query.h"

#include <algorithm>
#include <chrono>

#include "compiler/codegen/query_codegen.h"
#include "compiler/driver/listing_text.h"
#include "compiler/driver/program_builder.h"
#include "compiler/jit/ir_dump.h"
#include "compiler/pipeline/pipeline.h"
#include "compiler/pipeline/state_bounds.h"
#include "compiler/plan/plan_printer.h"
#include "compiler/syntax/ast_printer.h"
#include "compiler/syntax/parser.h"

namespace millrace {
namespace {

using Clock = std::chrono::steady_clock;

std::string explain_planned(const Planned& planned, Stage stage) {
  if (stage == Stage::State) return pipeline::print_state_bounds(planned.physical);
  if (stage == Stage::Physical) return plan::print(*planned.logical) + pipeline::print(planned.physical);
  QueryModule module = generate_query(planned.physical);
  return stage == Stage::Ir ? print_ir(module, Tier::Fast) : print_asm(module, Tier::Optimised);
}

std::string explain_query(plan::Query query, Stage stage, int32_t threads, std::vector<Diagnostic>& diagnostics) {
  if (stage == Stage::Logical) return plan::print(query);
  return explain_planned(plan_query(std::move(query), threads, diagnostics), stage);
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

  void operator()(AnalyzedQuery& query) const { builder.add(std::move(query.query), front_end_ms); }
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
    ProgramBuilder builder(script, options, is_set(analysis, "require_bounded_state"));
    for (AnalyzedStatement& statement : analysis.statements) {
      try {
        std::visit(StatementCompiler{script, builder, front_end_ms, keeps_tables}, statement);
      } catch (const SqlError& error) {
        report(script.diagnostics, error);
      }
    }
    if (!has_errors(script.diagnostics)) {
      builder.share_scans();
      builder.compile(jit);
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

namespace {

/// As they are together: what they share is part of it.
void explain_queries(Analysis& analysis, Stage stage, const CompileOptions& options, Explained& out) {
  CompiledScript script;
  script.sharing.threads = thread_count(analysis, options);
  ProgramBuilder builder(script, options, false);
  for (AnalyzedStatement& statement : analysis.statements) {
    auto* query = std::get_if<AnalyzedQuery>(&statement);
    if (query == nullptr) continue;
    try {
      if (stage == Stage::Logical) out.text += plan::print(query->query);
      else builder.add(std::move(query->query), 0);
    } catch (const SqlError& error) {
      report(out.diagnostics, error);
    }
  }
  out.diagnostics.insert(out.diagnostics.end(), script.diagnostics.begin(), script.diagnostics.end());
  builder.share_scans();
  for (const Planned& planned : builder.planned()) {
    try {
      out.text += explain_planned(planned, stage);
    } catch (const SqlError& error) {
      report(out.diagnostics, error);
    }
  }
}

}  // namespace

Explained explain_script(const SourceText& source, Environment environment, Stage stage, const CompileOptions& options) {
  Explained out;
  ParseResult parsed = parse_script(source);
  out.diagnostics = std::move(parsed.diagnostics);
  if (stage == Stage::Ast) {
    out.text = ast::print(parsed.script);
  } else {
    Analysis analysis = analyze(parsed.script, std::move(environment));
    std::move(analysis.diagnostics.begin(), analysis.diagnostics.end(), std::back_inserter(out.diagnostics));
    if (!analysis.has_errors()) explain_queries(analysis, stage, options, out);
  }
  sort_by_position(out.diagnostics);
  out.ok = !has_errors(out.diagnostics);
  return out;
}

}  // namespace millrace
