#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/analysis/expr_binder.h"
#include "compiler/plan/plan.h"

namespace millrace {

/// Whether a function makes rows (explode and its like). `name` is lower-case.
bool is_generator(std::string_view name);

/// A generator function as it is written: in the select list, after LATERAL VIEW, in FROM.
struct GeneratorCall {
  std::string name;  ///< lower-case
  std::vector<const ast::Expr*> arguments;
  SourceSpan span;
};
/// Throws SqlError for DISTINCT, FILTER and OVER, which go with no generator.
GeneratorCall generator_of(const ast::Call& call, SourceSpan span);

/// The generator over the rows that `binder` sees; its input is left empty.
plan::Generate bind_generator(const GeneratorCall& call, ExprBinder& binder);

/// Names for the generated columns: `aliases` when there are any (as many as there are columns), else Spark's.
std::vector<std::string> generated_names(const plan::Generate& generate, const std::vector<ast::Identifier>& aliases);

}  // namespace millrace
