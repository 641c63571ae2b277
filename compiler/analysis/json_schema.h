#pragma once

#include <string>

#include "compiler/base/source_span.h"
#include "compiler/types/sql_type.h"

namespace millrace {

/// The type that the schema of from_json or from_csv names: columns, `a BIGINT, b STRING`, or a nested type, `ARRAY<STRING>`. Throws SqlError with
/// the span of what is wrong in it, `span` being that of the literal.
SqlType json_schema(const std::string& schema, SourceSpan span);

}  // namespace millrace
