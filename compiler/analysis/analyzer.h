#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/analysis/session.h"
#include "compiler/base/diagnostic.h"
#include "compiler/catalog/catalog.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

namespace millrace {

/// What a statement came to, in the order of the file.
struct AnalyzedQuery {
  plan::Query query;
};
/// DESCRIBE, SHOW: answered by the compiler; printed as a table.
struct AnalyzedListing {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};
struct AnalyzedExplain {
  ast::ExplainStage stage;
  plan::Query query;
};
using AnalyzedStatement = std::variant<AnalyzedQuery, AnalyzedListing, AnalyzedExplain>;

struct Analysis {
  std::vector<AnalyzedStatement> statements;
  std::vector<Diagnostic> diagnostics;  ///< errors and warnings; with an error nothing may run
  std::map<std::string, std::string> settings;
  bool has_errors() const;
};

/// Resolves names and types of a whole script and builds the logical plan of every query. A statement with an error costs
/// its neighbours nothing. The script must outlive the result.
Analysis analyze(const ast::Script& script, Environment environment);
/// The same, on top of what was declared before; declarations stay in `session`, and so must the scripts that made them.
Analysis analyze(const ast::Script& script, Session& session);

}  // namespace millrace
