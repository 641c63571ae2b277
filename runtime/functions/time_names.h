#pragma once

#include <string_view>

namespace millrace {

/// English names, as java.time gives them in the root locale.
inline constexpr std::string_view kMonthNames[] = {"January", "February", "March",     "April",   "May",      "June",
                                                   "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::string_view kWeekdayNames[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
inline constexpr size_t kShortNameSize = 3;

/// The zone that an abbreviation of North America's stands for, by which java.time reads it; any other name as it is.
inline std::string_view zone_of_abbreviation(std::string_view name) {
  constexpr std::string_view kZones[][3] = {{"PST", "PDT", "America/Los_Angeles"}, {"MST", "MDT", "America/Denver"},
                                            {"CST", "CDT", "America/Chicago"},     {"EST", "EDT", "America/New_York"}};
  for (const auto& zone : kZones) {
    if (name == zone[0] || name == zone[1]) return zone[2];
  }
  return name;
}

}  // namespace millrace
