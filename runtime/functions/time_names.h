#pragma once

#include <string_view>

namespace millrace {

/// English names, as java.time gives them in the root locale.
inline constexpr std::string_view kMonthNames[] = {"January", "February", "March",     "April",   "May",      "June",
                                                   "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::string_view kWeekdayNames[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
inline constexpr size_t kShortNameSize = 3;

}  // namespace millrace
