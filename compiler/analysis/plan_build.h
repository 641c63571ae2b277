#pragma once

#include <string>
#include <vector>

#include "compiler/plan/plan.h"

/// Makes plan nodes with their schema, nullability, watermark column and is_stream derived from their inputs. `changes` is
/// set once the output mode is known (emit_rules.h).
namespace millrace {

/// Above a filter every column that must be there for its predicate to be TRUE is NOT NULL.
plan::NodePtr make_filter(plan::NodePtr input, expr::ExprPtr predicate, SourceSpan span);
/// Columns named by `names`, one for each expression.
plan::NodePtr make_project(plan::NodePtr input, std::vector<expr::ExprPtr> exprs, std::vector<std::string> names,
                           SourceSpan span);
plan::NodePtr make_window_assign(plan::NodePtr input, expr::ExprPtr time, plan::WindowSpec window, SourceSpan span);
/// The generated columns stand behind the input's.
plan::NodePtr make_generate(plan::Generate generate, SourceSpan span);
/// Schema, nullability of keys and the time key are derived from `aggregate`.
plan::NodePtr make_aggregate(plan::Aggregate aggregate, std::vector<std::string> key_names, SourceSpan span);
plan::NodePtr make_join(plan::Join join, SourceSpan span);
/// Anew, after the join was given further conditions.
void derive_join_watermark(plan::Node& join);
plan::NodePtr make_sort(plan::NodePtr input, std::vector<plan::SortItem> items, SourceSpan span);
/// The columns of the calls stand behind the input's.
plan::NodePtr make_over(plan::Over over, SourceSpan span);
plan::NodePtr make_limit(plan::NodePtr input, int64_t count, int64_t offset, SourceSpan span);
plan::NodePtr make_union(std::vector<plan::NodePtr> inputs, SourceSpan span);

/// A bare NULL has no type; sinks and views take it as a STRING's, and of INTERVALs of months and days their text.
plan::NodePtr type_nulls(plan::NodePtr root);

/// Column `index` of a node as an expression over it.
expr::ExprPtr column_of(const plan::Node& node, uint32_t index, SourceSpan span);

}  // namespace millrace
