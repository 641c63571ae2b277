#include "tests/tidy/include_rules.h"

#include <algorithm>

namespace millrace::tidy {

namespace {

struct FolderRule {
  std::string folder;
  std::vector<std::string> may_include;  ///< itself apart
};

const std::vector<FolderRule>& folder_rules() {
  static const std::vector<FolderRule> rules = {
      {"compiler/base", {}},
      {"compiler/types", {"compiler/base"}},
      {"compiler/syntax", {"compiler/base", "compiler/types"}},
      {"compiler/functions", {"compiler/base", "compiler/types", "runtime/abi", "runtime/hot"}},
      {"compiler/expr", {"compiler/base", "compiler/types", "compiler/functions", "runtime/abi"}},
      {"compiler/catalog", {"compiler/base", "compiler/types", "compiler/syntax", "runtime/abi"}},
      {"compiler/plan", {"compiler/base", "compiler/types", "compiler/expr", "compiler/functions", "runtime/abi"}},
      {"compiler/analysis",
       {"compiler/base", "compiler/types", "compiler/syntax", "compiler/expr", "compiler/functions", "compiler/catalog",
        "compiler/plan", "runtime/abi", "runtime/base/byte_size.h"}},
      {"compiler/optimizer", {"compiler/base", "compiler/types", "compiler/expr", "compiler/functions", "compiler/plan"}},
      {"compiler/pipeline",
       {"compiler/base", "compiler/types", "compiler/expr", "compiler/functions", "compiler/plan", "runtime/abi",
        "runtime/hot"}},
      {"compiler/codegen",
       {"compiler/base", "compiler/types", "compiler/expr", "compiler/functions", "compiler/plan", "compiler/pipeline",
        "runtime/abi", "runtime/hot"}},
      {"compiler/jit", {"compiler/base", "compiler/functions", "compiler/codegen", "runtime/abi", "runtime/hot"}},
      {"compiler/driver", {"compiler/", "runtime/"}},
      {"runtime/abi", {}},
      {"runtime/hot", {"runtime/abi"}},
      {"runtime/base", {"runtime/abi"}},
      {"runtime/time", {"runtime/abi", "runtime/base", "runtime/hot"}},
      {"runtime/state", {"runtime/abi", "runtime/base", "runtime/hot"}},
      {"runtime/functions", {"runtime/abi", "runtime/base", "runtime/hot", "runtime/time"}},
      {"runtime/metrics", {"runtime/abi", "runtime/base"}},
      {"runtime/formats", {"runtime/abi", "runtime/base", "runtime/hot", "runtime/time", "runtime/functions"}},
      {"runtime/connectors", {"runtime/abi", "runtime/base", "runtime/hot", "runtime/formats", "runtime/time"}},
      {"runtime/checkpoint", {"runtime/abi", "runtime/base", "runtime/state"}},
      {"runtime/recording", {"runtime/abi", "runtime/base", "runtime/connectors"}},
      {"runtime/engine", {"runtime/"}},
  };
  return rules;
}

struct LibraryRule {
  std::string include_prefix;
  std::vector<std::string> contained_in;  ///< prefixes of paths; tests and benchmarks of these folders among them
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {"llvm", {"compiler/codegen/", "compiler/jit/", "tests/unit/compiler/codegen/", "tests/unit/compiler/jit/", "bench/"}},
      {"antlr4", {"compiler/syntax/", "grammar/"}},
      {"simdjson", {"runtime/formats/", "tests/unit/runtime/formats/", "tests/fuzz/", "bench/"}},
      {"catch2", {"tests/"}},
  };
  return rules;
}

bool under_any(const std::string& path, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return has_prefix(path, p); });
}

/// What a line includes, or nothing.
std::string included(const std::string& line) {
  if (!has_prefix(line, "#include")) return "";
  const size_t open = line.find_first_of("\"<");
  const size_t close = open == std::string::npos ? open : line.find_first_of("\">", open + 1);
  return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

const FolderRule* rule_of(const std::string& folder) {
  for (const FolderRule& rule : folder_rules()) {
    if (rule.folder == folder) return &rule;
  }
  return nullptr;
}

bool may_include(const SourceFile& file, const std::string& target) {
  const bool is_project = has_prefix(target, "compiler/") || has_prefix(target, "runtime/");
  if (has_prefix(target, "tests/") || has_prefix(target, "bench/")) return has_prefix(file.path, "tests/") || has_prefix(file.path, "bench/");
  const bool is_bound = has_prefix(file.path, "compiler/") || has_prefix(file.path, "runtime/");
  if (!is_project || !is_bound) return true;
  const FolderRule* rule = rule_of(file.folder());
  return rule && (has_prefix(target, file.folder() + "/") || under_any(target, rule->may_include));
}

}  // namespace

std::vector<Finding> check_includes(const SourceFile& file) {
  std::vector<Finding> findings;
  for (size_t i = 0; i < file.lines.size(); ++i) {
    const std::string target = included(file.lines[i]);
    if (target.empty()) continue;
    if (!may_include(file, target)) {
      findings.push_back({file.path, i + 1, file.folder() + " may not include " + target});
    }
    for (const LibraryRule& rule : library_rules()) {
      if (has_prefix(target, rule.include_prefix) && !under_any(file.path, rule.contained_in)) {
        findings.push_back({file.path, i + 1, rule.include_prefix + " stays in " + rule.contained_in.front()});
      }
    }
  }
  return findings;
}

}  // namespace millrace::tidy
