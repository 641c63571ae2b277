#include "compiler/expr/row_counting.h"

#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/signature.h"

namespace millrace::expr {

bool counts_rows(const Expr& e) {
  const auto* call = std::get_if<Call>(&e.node);
  bool counts = call && (call->function->name.starts_with("__seeded_") || call->function->name == "__next_id");
  for_each_child(e, [&](const Expr& child) { counts = counts || counts_rows(child); });
  return counts;
}

}  // namespace millrace::expr
