#include "compiler/driver/shell/shell.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/analysis/interval.h"
#include "compiler/catalog/names.h"
#include "compiler/driver/listing_text.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/clock.h"
#include "runtime/engine/engine.h"

namespace millrace {
namespace {

bool is_declaration(const ast::Statement& statement) {
  return std::holds_alternative<ast::CreateSource>(statement.node) || std::holds_alternative<ast::CreateView>(statement.node);
}

bool has_error(const std::vector<Diagnostic>& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

/// A number alone is seconds.
int64_t pause_us(const ast::Expr& amount) {
  const auto* literal = std::get_if<ast::Literal>(&amount.node);
  double seconds = 0;
  if (literal == nullptr || literal->kind == ast::LiteralKind::String ||
      std::from_chars(literal->text.data(), literal->text.data() + literal->text.size(), seconds).ec != std::errc()) {
    return constant_duration(amount, "SLEEP");
  }
  constexpr double kLongestSeconds = 1e9;
  return static_cast<int64_t>(std::clamp(seconds, 0.0, kLongestSeconds) * 1e6);
}

}  // namespace

Shell::Shell(Console& console, Session& session, Jit& jit, Variables variables, std::atomic<int>& interrupts)
    : console_(console), session_(session), jit_(jit), variables_(std::move(variables)), interrupts_(interrupts), jobs_(console) {}

void Shell::run_text(const std::string& name, std::string_view text) {
  source_name_ = name;
  while (!text.empty() && !has_quit_ && interrupts_.load() == 0) {
    const size_t end = std::min(text.find('\n'), text.size());
    add_line(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    run_whole_pieces();
  }
  // The last statement of a text needs no semicolon.
  if (const auto rest = reader_.take_unfinished(); rest && !has_quit_) run_statement(rest->span);
}

void Shell::run_console(const std::string& name) {
  source_name_ = name;
  bool was_interrupted = false;
  std::string line;
  while (!has_quit_) {
    if (console_.is_interactive()) interrupts_ = 0;
    const Console::Outcome outcome = console_.read_line(prompt(), line);
    if (outcome == Console::Outcome::End) break;
    if (outcome == Console::Outcome::Interrupted) {
      if (!console_.is_interactive() || was_interrupted) break;
      was_interrupted = reader_.waits_for() == '\0' && line.empty();
      if (was_interrupted) console_.tell("(once more, \\q or Ctrl-D ends)\n");
      reader_.drop_unfinished();
      input_.clear();
      continue;
    }
    was_interrupted = false;
    add_line(line);
    run_whole_pieces();
  }
  if (const auto rest = reader_.take_unfinished(); rest && !has_quit_ && !console_.is_interactive()) run_statement(rest->span);
}

bool Shell::finish() {
  jobs_.stop_all();
  return !any_failed_ && !jobs_.any_failed();
}

void Shell::add_line(const std::string& line) {
  Substitution substituted = substitute_variables(line, variables_);
  if (!substituted.diagnostics.empty()) {
    const SourceText source(source_name_, line);
    for (const Diagnostic& diagnostic : substituted.diagnostics) console_.tell(render(source, diagnostic));
    any_failed_ = true;
    reader_.drop_unfinished();
    return;
  }
  reader_.add_line(substituted.text);
  // A comment to the line's end would swallow what is joined to it.
  if (!input_.empty()) input_ += input_.find("--") == std::string::npos ? ' ' : '\n';
  input_ += line;
}

void Shell::run_whole_pieces() {
  while (const auto piece = reader_.next()) {
    if (!input_.empty()) console_.remember(std::exchange(input_, {}));
    if (piece->is_command) run_command(piece->command);
    else run_statement(piece->span);
    if (has_quit_) return;
  }
  if (reader_.waits_for() == '\0') input_.clear();
}

void Shell::run_statement(SourceSpan span) {
  const int64_t started_ns = steady_clock_ns();
  ParseResult parsed = parse_script(SourceText(source_name_, reader_.text()), span);
  report(parsed.diagnostics);
  if (parsed.script.statements.empty()) return;
  declarations_.push_back(std::move(parsed.script));
  const ast::Statement& statement = declarations_.back().statements.front();
  mark_stopped_views();
  session_.failed_names.clear();  // what a file passes over as told already is told to whoever types it again
  try {
    if (!run_shell_statement(statement)) {
      const auto* drop = std::get_if<ast::Drop>(&statement.node);
      const Relation* dropped = drop ? session_.catalog.find(drop->name.text) : nullptr;
      const int64_t dropped_view = dropped ? dropped->view_id : 0;
      CompiledScript compiled = compile_statement(declarations_.back(), session_, jit_);
      report(compiled.diagnostics);
      if (compiled.ok) {
        jobs_.drop_view(dropped_view);
        execute(std::move(compiled));
      }
    }
  } catch (const SqlError& error) {
    report({{Severity::Error, error.span, error.message, error.hint}});
  }
  if (!is_declaration(statement)) declarations_.pop_back();
  if (is_timing_) console_.tell(fmt::format("Time: {:.3f} ms\n", static_cast<double>(steady_clock_ns() - started_ns) / 1e6));
}

/// What only a shell can do.
bool Shell::run_shell_statement(const ast::Statement& statement) {
  if (const auto* pause = std::get_if<ast::Sleep>(&statement.node)) {
    sleep(pause_us(*pause->amount));
    return true;
  }
  if (const auto* stop = std::get_if<ast::StopQuery>(&statement.node)) {
    if (jobs_.stop(stop->name.text)) return true;
    throw SqlError(stop->name.span, "there is no query '" + stop->name.text + "'" + did_you_mean(stop->name.text, jobs_.names()),
                   "SHOW QUERIES lists them");
  }
  if (const auto* listing = std::get_if<ast::Show>(&statement.node); listing && listing->what == "QUERIES") {
    show({ShellJobs::report_header(), jobs_.report()});
    return true;
  }
  return false;
}

void Shell::execute(CompiledScript compiled) {
  if (!compiled.listing.empty()) console_.print(compiled.listing);
  for (const AnalyzedListing& listing : compiled.tables) show(listing);
  if (compiled.program.queries.empty()) return;
  const abi::QuerySpec& query = compiled.program.queries.front();
  if (query.streaming) {
    jobs_.start(std::move(compiled.program));
    return;
  }
  if (query.view) (void)jobs_.views().open(*query.view);
  else last_query_ = compiled.program;
  run_foreground(compiled.program);
}

void Shell::run_foreground(const abi::Program& program) {
  RunOptions options;
  options.handle_signals = false;
  options.stop_requests = &interrupts_;
  options.views = &jobs_.views();
  options.kept_lines = &jobs_.kept_lines();
  options.sink_factory = [this](const abi::QuerySpec& spec) { return make_shell_sink(spec, console_); };
  const RunSummary summary = Engine(program, options).run();
  for (const QuerySummary& query : summary.queries) {
    if (query.reader_gone) has_quit_ = true;
    if (!query.error.empty()) fail(query.error);
  }
}

/// The name of a view whose query has ended may be taken again.
void Shell::mark_stopped_views() {
  const std::vector<int64_t> running = jobs_.running_views();
  for (const std::string& name : session_.catalog.names()) {
    Relation& relation = *session_.catalog.find(name);
    if (relation.kind != ast::RelationKind::MaterializedView) continue;
    relation.is_stopped = std::find(running.begin(), running.end(), relation.view_id) == running.end();
  }
}

void Shell::fail(const std::string& message) {
  any_failed_ = true;
  console_.tell("millrace: error: " + message + "\n");
}

void Shell::report(const std::vector<Diagnostic>& diagnostics) {
  if (diagnostics.empty()) return;
  const SourceText source(source_name_, reader_.text());
  for (const Diagnostic& diagnostic : diagnostics) console_.tell(render(source, diagnostic));
  any_failed_ = any_failed_ || has_error(diagnostics);
}

void Shell::show(const AnalyzedListing& listing) { console_.print(framed(listing)); }

void Shell::sleep(int64_t micros) {
  const int64_t until_ns = steady_clock_ns() + micros * 1000;
  for (int64_t left_ns = until_ns - steady_clock_ns(); left_ns > 0 && interrupts_.load() == 0; left_ns = until_ns - steady_clock_ns()) {
    constexpr int64_t kLookAgainMs = 100;
    poll(nullptr, 0, static_cast<int>(std::min(left_ns / 1'000'000 + 1, kLookAgainMs)));
  }
}

std::string Shell::prompt() const {
  const char waits_for = reader_.waits_for();
  if (waits_for == '\0') return "millrace> ";
  return std::string("       ") + (waits_for == ';' ? '-' : waits_for) + "> ";
}

}  // namespace millrace
