#pragma once

#include "compiler/base/source_span.h"
#include "compiler/expr/expr.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// Throws unless values of a nested type can be stored: its parts are, its depth is bounded, a map has keys that can be compared.
void check_storable(const SqlType& type, SourceSpan span);

/// Throws where nothing in JSON could be a value of the type: its objects have names for keys.
void check_read_from_json(const SqlType& type, SourceSpan span);

/// Whether a type is a MAP or has one in it: such values can be neither compared nor grouped.
bool holds_map(const SqlType& type);

/// A value that sorts and compares as `key` does: itself, or of an ARRAY or STRUCT bytes in the same order. Throws for MAPs, which have none.
expr::ExprPtr make_sortable(expr::ExprPtr key, SourceSpan span);

}  // namespace millrace
