#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/ast.h"

namespace millrace {

/// The unit in upper-case singular (`seconds`, `sec`, `s` -> SECOND), or empty when the word is none.
std::string interval_unit(std::string_view word);

/// Reads the text of a duration: `5 seconds`, `1 minute 30 seconds`, `interval 2 days`, `2s`, `1m30s`, `-3 hours`.
/// nullopt when it is none. Also what `window(ts, '5 seconds')` and options such as `connect_timeout = '10s'` mean.
std::optional<std::vector<ast::Interval::Part>> parse_interval_text(std::string_view text);

/// Reads `'1-2' YEAR TO MONTH`, `'1 02:03:04.5' DAY TO SECOND`, `'10:30' HOUR TO MINUTE`; units as interval_unit gives them.
std::optional<std::vector<ast::Interval::Part>> parse_interval_fields(std::string_view text, std::string_view from_unit,
                                                                      std::string_view to_unit);

}  // namespace millrace
