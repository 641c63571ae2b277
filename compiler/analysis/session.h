#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/catalog.h"

namespace millrace {

/// What `name$late` has to know of a query.
struct NamedQuery {
  std::string name;
  std::vector<std::string> streams;  ///< that it reads
};

/// What the statements of one script share while they are analyzed, in the order of the file.
struct Session {
  Environment environment;
  Catalog catalog;
  std::vector<Diagnostic> diagnostics;
  std::set<std::string> failed_names;      ///< folded names whose CREATE has an error: using one says nothing more
  std::vector<std::string> views_in_hand;  ///< folded names of the views being expanded: one that meets itself is an error
  std::map<std::string, const ast::CreateFunction*> functions;  ///< of CREATE FUNCTION, by folded name; owned by the scripts' ASTs
  std::vector<std::string> functions_in_hand;                   ///< folded names of those being inlined
  std::map<std::string, NamedQuery> named_queries;  ///< by folded name: those so far
  std::set<std::string> kept_errors;                ///< folded names of streams and tables of which `$errors` is read
  std::set<std::string> kept_late;                  ///< of queries of which `$late` is
  int query_count = 0;
  int64_t view_count = 0;  ///< materialized views so far: gives each a number of its own

  void report(const SqlError& error) {
    if (!error.message.empty()) diagnostics.push_back({Severity::Error, error.span, error.message, error.hint});
  }
  void warn(SourceSpan span, std::string message, std::string hint = {}) {
    diagnostics.push_back({Severity::Warning, span, std::move(message), std::move(hint)});
  }
};

/// Thrown when what is wrong has been reported already: ends the statement without a message of its own.
inline SqlError already_reported(SourceSpan span) { return {span, ""}; }

/// ` — did you mean 'x'?`, or nothing when no candidate is near.
inline std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? std::string() : " — did you mean '" + nearest + "'?";
}

}  // namespace millrace
