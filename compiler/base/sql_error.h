#pragma once

#include <exception>
#include <string>
#include <utility>

#include "compiler/base/source_span.h"

namespace millrace {

/// A mistake in the user's SQL. Thrown by the compile side only and caught once per statement, so that one run
/// reports several. `message` says what is wrong in one line, without position; `hint` (may be empty) says how to mend it.
struct SqlError : std::exception {
  SourceSpan span;
  std::string message;
  std::string hint;

  SqlError(SourceSpan where, std::string what_is_wrong, std::string how_to_mend = {})
      : span(where), message(std::move(what_is_wrong)), hint(std::move(how_to_mend)) {}
  const char* what() const noexcept override { return message.c_str(); }
};

/// The error for a construct of the language that is parsed but not built yet.
inline SqlError not_supported_yet(SourceSpan where, const std::string& construct, std::string hint = {}) {
  return {where, "not supported yet: " + construct, std::move(hint)};
}

}  // namespace millrace
