#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/analysis/analyze_ddl.h"
#include "compiler/analysis/analyze_options.h"
#include "compiler/analysis/interval.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "runtime/base/byte_size.h"

namespace millrace {

namespace {

enum class Effect { TimeZone, Format, Console, Threads, KeptRows, CheckpointFolder, CheckpointPace, MemoryLimit, Switch, None };

struct Setting {
  std::string_view name;
  Effect effect = Effect::None;
  /// Of settings without effect: why, or what does it instead.
  std::string_view why = {};
  /// The only value that may go without effect; another one would change results. Empty: any.
  std::string_view only = {};
};

constexpr std::string_view kThreads = "SET threads = N, or millrace run --threads N, says how many workers a query has";

// Far more than any machine has processors for one query: a typing mistake.
constexpr int kMostThreads = 1024;

// As many rows as pointers to them can be counted; far more than memory holds.
constexpr int64_t kMostRows = int64_t{1} << 40;

constexpr std::array<Setting, 20> kSettings{{
    {"timezone", Effect::TimeZone},
    {"time_zone", Effect::TimeZone},
    {"spark.sql.session.timezone", Effect::TimeZone},
    {"format", Effect::Format},
    {"rows", Effect::Console},
    {"truncate", Effect::Console},
    {"threads", Effect::Threads},
    {"max_kept_rows", Effect::KeptRows},
    {"max_kept_lines", Effect::KeptRows},
    {"checkpoint_dir", Effect::CheckpointFolder},
    {"checkpoint_interval", Effect::CheckpointPace},
    {"memory_limit", Effect::MemoryLimit},
    {"require_bounded_state", Effect::Switch},
    {"spark.master", Effect::None, kThreads},
    {"spark.app.name", Effect::None, "a query is named by its sink or view"},
    {"spark.default.parallelism", Effect::None, kThreads},
    {"spark.sql.shuffle.partitions", Effect::None, "groups are kept in one table: nothing is shuffled"},
    {"spark.sql.adaptive.enabled", Effect::None, "nothing is shuffled"},
    {"spark.sql.casesensitive", Effect::None, "names are compared without regard to letter case", "false"},
    {"spark.sql.ansi.enabled", Effect::None, "what cannot be computed is NULL", "false"},
}};

void set_time_zone(Session& session, const ast::Set& set) {
  const auto& known = session.environment.knows_time_zone;
  if (known && !known(set.value.text)) {
    throw SqlError(set.value_span, "unknown time zone '" + set.value.text + "'", "an IANA name such as 'Europe/Paris', or an offset such as '+02:00'");
  }
  session.environment.settings["timezone"] = set.value.text;
}

void check_row_count(const ast::Set& set) {
  const std::string& text = set.value.text;
  int64_t rows = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && rows >= 1 && rows <= kMostRows) return;
  throw SqlError(set.value_span, "'" + text + "' is not a number of rows", "SET " + set.name.text + " = N takes a whole number from 1 on");
}

void check_thread_count(const ast::Set& set) {
  const std::string& text = set.value.text;
  const bool is_number = !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
  const int count = is_number ? std::stoi(text) : 0;
  if (count >= 1 && count <= kMostThreads) return;
  throw SqlError(set.value_span, "'" + text + "' is not a number of threads",
                 "SET threads = N takes a whole number from 1 to " + std::to_string(kMostThreads));
}

void set_checkpoint_folder(Session& session, const ast::Set& set) {
  if (set.value.text.empty()) throw SqlError(set.value_span, "checkpoint_dir is empty", "it names a folder, which is made if need be");
  const std::string folder = absolute_path(set.value.text, session.environment.base_directory);
  const auto& why_refused = session.environment.why_path_is_refused;
  if (const std::string why = why_refused ? why_refused(folder) : ""; !why.empty()) {
    throw SqlError(set.value_span, "the path '" + set.value.text + "' is not allowed: " + why, "--allow-path DIR names a folder in which files may be used");
  }
  session.environment.settings["checkpoint_dir"] = folder;
}

/// A duration, or a number of batches.
void check_checkpoint_pace(const ast::Set& set) {
  std::string_view text = set.value.text;
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = fold_case(text.substr(std::min(text.find_first_not_of(' ', digits), text.size())));
  const bool counts = digits > 0 && digits < 10 && text[0] != '0' && (unit == "batch" || unit == "batches");
  if (counts) return;
  const auto us = parse_duration(text);
  if (us && *us > 0) return;
  throw SqlError(set.value_span, "'" + set.value.text + "' says neither how often nor after how many batches",
                 "SET checkpoint_interval takes a duration such as '10 seconds', or '100 batches'");
}

/// In bytes.
int64_t memory_limit(const ast::Set& set) {
  const auto bytes = parse_byte_size(set.value.text);
  if (bytes && *bytes >= kLeastMemoryLimit) return *bytes;
  throw SqlError(set.value_span, bytes ? "a memory limit of " + byte_size_text(*bytes) + " is too small" : "'" + set.value.text + "' is not a size of memory",
                 "SET memory_limit = '512MB' takes a size of at least " + byte_size_text(kLeastMemoryLimit));
}

void check_switch(const ast::Set& set) {
  const std::string folded = fold_case(set.value.text);
  if (folded == "true" || folded == "false") return;
  throw SqlError(set.value_span, "setting '" + set.name.text + "' takes true or false, not '" + set.value.text + "'");
}

/// TRUE and FALSE in lower case, whoever wrote them how.
std::string value_text(const ast::Set& set) {
  return set.value.kind == ast::LiteralKind::Boolean ? fold_case(set.value.text) : set.value.text;
}

void ignore(Session& session, const ast::Set& set, const Setting& setting) {
  if (!setting.only.empty() && !same_name(set.value.text, setting.only)) {
    throw not_supported_yet(set.value_span, std::string(setting.name) + " = " + value_text(set), std::string(setting.why));
  }
  session.diagnostics.push_back({Severity::Note, set.name.span, "'" + set.name.text + "' has no effect here", std::string(setting.why)});
}

}  // namespace

void set(Session& session, const ast::Set& set) {
  const std::string name = fold_case(set.name.text);
  const auto setting = std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& s) { return s.name == name; });
  if (setting == kSettings.end()) {
    std::vector<std::string> known;
    for (const Setting& s : kSettings) known.emplace_back(s.name);
    throw SqlError(set.name.span, "unknown setting '" + set.name.text + "'" + did_you_mean(name, known));
  }
  switch (setting->effect) {
    case Effect::TimeZone:
      return set_time_zone(session, set);
    case Effect::Format:
      OptionChecker::choose(session.environment.output_formats, set.value.text, "format", set.value_span);
      session.environment.settings["format"] = set.value.text;
      return;
    case Effect::Console:  // the console checks the value, as it does that of the option
      session.environment.settings[name] = value_text(set);
      return;
    case Effect::Threads:
      check_thread_count(set);
      session.environment.settings["threads"] = set.value.text;
      return;
    case Effect::KeptRows:
      check_row_count(set);
      session.environment.settings[name] = set.value.text;
      return;
    case Effect::CheckpointFolder:
      return set_checkpoint_folder(session, set);
    case Effect::CheckpointPace:
      check_checkpoint_pace(set);
      session.environment.settings["checkpoint_interval"] = set.value.text;
      return;
    case Effect::MemoryLimit:
      session.environment.settings[name] = std::to_string(memory_limit(set));
      return;
    case Effect::Switch:
      check_switch(set);
      session.environment.settings[name] = fold_case(set.value.text);
      return;
    case Effect::None:
      return ignore(session, set, *setting);
  }
}

}  // namespace millrace
