#pragma once

#include "compiler/base/source_span.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// Throws unless values of a nested type can be stored: its parts are, its depth is bounded, a map has keys that can be compared.
void check_storable(const SqlType& type, SourceSpan span);

/// Whether a type is a MAP or has one in it: such values can be neither compared nor grouped.
bool holds_map(const SqlType& type);

}  // namespace millrace
