#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/source_text.h"
#include "compiler/syntax/ast.h"

namespace millrace {

struct ParseResult {
  ast::Script script;                   ///< the statements that parsed
  std::vector<Diagnostic> diagnostics;  ///< one for each statement that did not
};

/// Parses a whole file. A statement that does not parse costs its neighbours nothing: parsing resumes after its `;`.
/// The only entrance to ANTLR; nothing of it shows here. Not thread-safe (the prediction cache is shared).
ParseResult parse_script(const SourceText& source);
/// The same for one part of the text; spans are those of the whole.
ParseResult parse_script(const SourceText& source, SourceSpan part);

/// Every keyword, upper-case.
std::vector<std::string> keyword_names();

/// Parses the columns of a schema in a string, `a BIGINT, b STRUCT<c: INT>`, as from_json takes it: a STRUCT with them as
/// its fields. Throws SqlError; its span is within `text`.
ast::TypeName parse_schema(std::string_view text);

}  // namespace millrace
