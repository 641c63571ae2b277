#include "compiler/driver/commands/script_options.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace millrace {

std::optional<Script> load_script(const Arguments& arguments) {
  const Variables variables = parse_variables(arguments.values("--var"));
  const std::optional<std::string> sql = arguments.value("-c");
  if (sql.has_value() == !arguments.positional().empty()) {
    throw UsageError(sql ? "give either a file or -c 'SQL', not both" : "expected a file: FILE.sql, or -c 'SQL'");
  }
  return sql ? load_script_text(*sql, variables) : load_script_file(arguments.positional()[0], variables);
}

int32_t thread_count(const Arguments& arguments) {
  constexpr int64_t kMostThreads = 1024;
  return static_cast<int32_t>(arguments.integer("--threads", 1, kMostThreads).value_or(0));
}

std::vector<std::string> allowed_folders(const Arguments& arguments) {
  std::vector<std::string> folders = arguments.values("--allow-path");
  for (const std::string& folder : folders) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) throw UsageError("option --allow-path takes a folder; '" + folder + "' is none");
  }
  return folders;
}

ProgressMode parse_progress(const Arguments& arguments) {
  const auto text = arguments.value("--progress");
  if (!text) return ProgressMode::None;
  if (text->empty() || *text == "line") return ProgressMode::Line;
  if (*text == "json") return ProgressMode::Json;
  throw UsageError("option --progress stands alone or is --progress=json, not '" + *text + "'");
}

void report(const SourceText& source, const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) fputs(render(source, diagnostic).c_str(), stderr);
}

}  // namespace millrace
