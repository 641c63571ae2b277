#pragma once

#include "compiler/expr/expr.h"
#include "compiler/types/schema.h"

namespace millrace::expr {

/// Whether an expression may be NULL, given its operands' marks.
bool can_be_null(const Expr& e);

/// Marks `e` and all its operands anew, over columns that are as nullable as `columns` says. Types stay as they are.
void refresh_nullability(Expr& e, const Schema& columns);

/// Marks NOT NULL the columns of `columns` without which `e` is NULL.
void mark_needed(const Expr& e, Schema& columns);
/// Marks NOT NULL the columns that must be there for the predicate `e` to be TRUE: what is known above a filter.
void mark_needed_for_true(const Expr& e, Schema& columns);

}  // namespace millrace::expr
