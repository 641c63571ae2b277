#pragma once

#include <string>
#include <vector>

#include "compiler/base/source_text.h"
#include "compiler/base/sql_error.h"

namespace millrace {

enum class Severity { Error, Warning, Note };

/// One message about the SQL text, ready to be rendered.
struct Diagnostic {
  Severity severity = Severity::Error;
  SourceSpan span;
  std::string message;
  std::string hint;
};

/// `file:line:column: error: message`, the source line, carets under the whole span (first line of it), and `hint: …`.
std::string render(const SourceText& source, const Diagnostic& diagnostic);

/// The candidate nearest to `name` by edit distance (letter case ignored), or empty when none is near enough to be meant.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace millrace
