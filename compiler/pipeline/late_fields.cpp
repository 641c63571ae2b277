#include "compiler/pipeline/late_fields.h"

#include <variant>
#include <vector>

#include "compiler/expr/expr_rewrite.h"

namespace millrace::pipeline {
namespace {

/// Empty when the filter does no more than look for NULLs: what follows then wants most rows.
std::vector<bool> fields_used_first(const expr::Expr& predicate, size_t field_count) {
  const std::vector<const expr::Expr*> conjuncts = expr::conjuncts_of(predicate);
  const size_t tests = expr::columns_tested_first(conjuncts).size();
  if (tests == conjuncts.size()) return {};
  std::vector<bool> used(field_count, false);
  for (size_t i = 0; i <= tests; ++i) expr::collect_columns(*conjuncts[i], used);
  return used;
}

}  // namespace

void mark_late_fields(PhysicalQuery& query) {
  for (const Pipeline& p : query.pipelines) {
    const auto* source = std::get_if<ScanSource>(&p.source);
    const auto* filter = p.ops.empty() ? nullptr : std::get_if<FilterOp>(&p.ops.front());
    if (source == nullptr || filter == nullptr) continue;
    std::vector<abi::FieldSpec>& fields = std::get<ScanState>(query.states[static_cast<size_t>(source->slot)]).scan.fields;
    const std::vector<bool> used = fields_used_first(*filter->node->predicate, fields.size());
    for (size_t i = 0; i < used.size(); ++i) fields[i].late = !used[i];
  }
}

}  // namespace millrace::pipeline
