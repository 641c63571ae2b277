#include "compiler/analysis/json_schema.h"

#include <string_view>

#include "compiler/analysis/operators.h"
#include "compiler/analysis/type_name.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/letter_case.h"
#include "compiler/base/sql_error.h"
#include "compiler/syntax/parser.h"

namespace millrace {

namespace {

/// `STRUCT<…>`, `ARRAY<…>`, `MAP<…>` rather than a list of columns.
bool is_type(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n\r");
  if (begin == std::string_view::npos) return false;
  const size_t end = text.find_first_of(" \t\n\r<(", begin);
  if (end == std::string_view::npos || text.find_first_not_of(" \t\n\r", end) == std::string_view::npos) return false;
  const std::string_view word = text.substr(begin, end - begin);
  const bool nested = equal_without_case(word, "struct") || equal_without_case(word, "array") || equal_without_case(word, "map");
  return nested && text[text.find_first_not_of(" \t\n\r", end)] == '<';
}

/// Of a literal without doubled quotes the span of a part of its text; of another, all of it.
SourceSpan span_within(SourceSpan whole, const std::string& text, SourceSpan part) {
  if (whole.end - whole.begin != text.size() + 2 || part.end > text.size()) return whole;
  return {whole.begin + 1 + part.begin, whole.begin + 1 + part.end};
}

SqlType schema_type(const std::string& text) {
  if (!is_type(text)) return resolve_type(parse_schema(text));
  // A type is the type of a column.
  constexpr std::string_view kColumn = "a ";
  try {
    return resolve_type(parse_schema(std::string(kColumn) + text)).fields.front().type;
  } catch (SqlError& error) {
    const auto shift = static_cast<uint32_t>(kColumn.size());
    error.span.begin -= std::min(error.span.begin, shift);
    error.span.end -= std::min(error.span.end, shift);
    throw;
  }
}

}  // namespace

SqlType json_schema(const std::string& schema, SourceSpan span) {
  try {
    SqlType type = schema_type(schema);
    check_storable(type, span);
    return type;
  } catch (SqlError& error) {
    if (error.span.begin != span.begin || error.span.end != span.end) error.span = span_within(span, schema, error.span);
    throw;
  }
}

}  // namespace millrace
