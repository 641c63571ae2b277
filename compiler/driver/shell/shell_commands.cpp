#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/analysis/listing.h"
#include "compiler/driver/shell/shell.h"
#include "compiler/syntax/parser.h"
#include "runtime/base/duration.h"

/// The commands that begin with a backslash, named as in psql.
namespace millrace {
namespace {

constexpr std::string_view kHelp =
    "Statements end with ';'. Streaming queries run in the background; a SELECT over tables and materialized views answers at once.\n"
    "  SHOW QUERIES;           streaming queries, how far and how fast they are\n"
    "  STOP QUERY name;        ends one after its batch in hand; its view can still be read\n"
    "  SHOW TABLES;            what is declared          DESCRIBE name;  its columns\n"
    "  EXPLAIN SELECT …;       the plan                  SLEEP 2;        waits two seconds\n"
    "  SET truncate = false;   cells whole, to the left  SET rows = 50;  rows that a result shows\n"
    "Commands:\n"
    "  \\d [NAME]               SHOW TABLES, DESCRIBE NAME\n"
    "  \\watch [SECONDS [N]]    runs the query in hand, or the last one, again and again: N times, or until Ctrl-C\n"
    "  \\wait [NAME]            waits until the query, or every one, has ended\n"
    "  \\timing                 tells how long each statement takes, or no longer\n"
    "  \\?                      this text                 \\q   ends the shell and its queries\n";

constexpr int64_t kWatchDefaultUs = 2'000'000;

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// `1` and `0.5` are seconds; `500ms` is a duration as everywhere.
std::optional<int64_t> interval_us(const std::string& text) {
  double seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && stop == text.data() + text.size()) {
    return seconds > 0 && seconds < 1e9 ? std::optional(static_cast<int64_t>(seconds * 1e6)) : std::nullopt;
  }
  const auto micros = parse_duration_us(text);
  return micros && *micros > 0 ? micros : std::nullopt;
}

std::optional<int64_t> count_of(const std::string& text) {
  int64_t count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc() && stop == text.data() + text.size() && count > 0 ? std::optional(count) : std::nullopt;
}

}  // namespace

void Shell::run_command(const std::string& command) {
  const std::vector<std::string> words = words_of(command);
  const std::string name = words.empty() ? "" : words[0];
  if (name == "q" || name == "quit") {
    has_quit_ = true;
  } else if (name == "?" || name == "h" || name == "help") {
    console_.print(kHelp);
  } else if (name == "d" || name == "dt" || name == "dv") {
    describe(words);
  } else if (name == "watch") {
    watch(words);
  } else if (name == "wait") {
    if (!jobs_.wait(words.size() > 1 ? words[1] : "", interrupts_)) fail("there is no query '" + words[1] + "'");
  } else if (name == "timing") {
    is_timing_ = !is_timing_;
    console_.tell(is_timing_ ? "Timing is on.\n" : "Timing is off.\n");
  } else {
    const std::string near = nearest_name(name, {"q", "quit", "help", "d", "watch", "wait", "timing"});
    fail("unknown command '\\" + name + "'" + (near.empty() ? "" : " — did you mean '\\" + near + "'?") + "; \\? lists them");
  }
}

void Shell::watch(const std::vector<std::string>& words) {
  const auto every_us = words.size() > 1 ? interval_us(words[1]) : kWatchDefaultUs;
  const auto times = words.size() > 2 ? count_of(words[2]) : INT64_MAX;
  if (!every_us || !times || words.size() > 3) return fail("\\watch takes seconds and a number of times, as in \\watch 1 10");
  int64_t shown = 0;
  if (const auto in_hand = reader_.take_unfinished()) {
    last_query_.reset();
    run_statement(in_hand->span);
    if (!last_query_) return;
    shown = 1;
  }
  if (!last_query_) return fail("\\watch repeats a query over tables or materialized views, and none has run yet");
  for (; shown < *times; ++shown) {
    if (shown > 0) sleep(*every_us);
    if (interrupts_.load() != 0 || has_quit_) return;
    run_foreground(*last_query_);
  }
}

void Shell::describe(const std::vector<std::string>& words) {
  try {
    if (words.size() == 1) return show(millrace::show(session_, {"TABLES"}, {}));
    const SourceText source("\\d", "DESCRIBE " + words[1]);
    const ParseResult parsed = parse_script(source);
    if (!parsed.diagnostics.empty()) return fail("\\d takes the name of a stream, table, view or sink");
    show(millrace::describe(session_, std::get<ast::Describe>(parsed.script.statements.front().node)));
  } catch (const SqlError& error) {
    fail(error.message);
  }
}

}  // namespace millrace
