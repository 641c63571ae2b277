#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"

namespace millrace {

/// Variables by name, as `--var NAME=value` gave them.
using Variables = std::map<std::string, std::string, std::less<>>;

struct Substitution {
  std::string text;                     ///< with every `${…}` replaced
  std::vector<Diagnostic> diagnostics;  ///< spans are over the text before substitution; with one, `text` must not be used
  std::set<std::string, std::less<>> used;  ///< names that the text mentions
};

/// Replaces `${NAME}` and `${NAME:-default}` from `variables`, then from the environment, then by the default. An unset name
/// without a default, and a malformed `${`, are errors. What comes in is not looked at again; comments are left alone.
Substitution substitute_variables(std::string_view text, const Variables& variables);

}  // namespace millrace
