#include "compiler/driver/check_patterns.h"

#include <algorithm>
#include <array>
#include <string>

#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/signature.h"
#include "compiler/plan/plan_rewrite.h"
#include "runtime/functions/regex_cache.h"

namespace millrace {

namespace {

/// Whose second argument is a regular expression.
constexpr auto kPatternFunctions = std::to_array<std::string_view>({"regexp", "regexp_count", "regexp_extract", "regexp_extract_all", "regexp_instr", "regexp_like",
                                                                    "regexp_replace", "regexp_substr", "rlike", "split"});

void check_pattern(const expr::Expr& e) {
  const auto* literal = std::get_if<expr::Literal>(&e.node);
  const auto* pattern = literal ? std::get_if<std::string>(&literal->value) : nullptr;
  if (!pattern) return;
  const std::string why = abi::why_no_regex(*pattern);
  if (why.empty()) return;
  const bool looks_around = pattern->find("(?") != std::string::npos;
  throw SqlError(e.span, "the pattern '" + *pattern + "' is no regular expression: " + why,
                 looks_around ? "patterns are RE2's, which has no look-around" : "patterns are RE2's, which has no references back; \\ before a sign takes its meaning away");
}

void check_expr(const expr::Expr& e) {
  const auto* call = std::get_if<expr::Call>(&e.node);
  if (call && call->arguments.size() > 1 && std::ranges::find(kPatternFunctions, call->function->name) != kPatternFunctions.end()) {
    check_pattern(*call->arguments[1]);
  }
  expr::for_each_child(e, check_expr);
}

void check_node(const plan::Node& node) {
  plan::for_each_expr(node, check_expr);
  plan::for_each_input(node, check_node);
}

}  // namespace

void check_patterns(const plan::Query& query) { check_node(*query.root); }

}  // namespace millrace
