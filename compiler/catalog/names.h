#pragma once

#include <string>
#include <string_view>

namespace millrace {

/// Names are compared without regard to the case of ASCII letters, as Spark does by default.
std::string fold_case(std::string_view name);
bool same_name(std::string_view a, std::string_view b);

}  // namespace millrace
