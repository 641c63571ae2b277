#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// When clocks change, said as in the POSIX TZ variable: `Mm.w.d/time`, `Jn/time` or `n/time`.
struct ChangeRule {
  enum class Kind : uint8_t { MonthWeekDay, JulianDay, DayOfYear };
  Kind kind = Kind::MonthWeekDay;
  int64_t month = 0;
  int64_t week = 0;  ///< 1 … 5, 5 being the last
  int64_t day = 0;   ///< 0 Sunday … 6 Saturday; or the day of the year
  int64_t time_s = 2 * 3600;

  /// The local time, in seconds since 1970-01-01 00:00, at which clocks change in that year.
  int64_t local_seconds(int64_t year) const;
};

/// `CET-1CEST,M3.5.0,M10.5.0/3`: what holds after the last transition that a zone file lists.
struct PosixRule {
  int64_t standard_offset_s = 0;  ///< east positive
  int64_t summer_offset_s = 0;
  std::string standard_name;  ///< as clocks' users abbreviate it: `CET`
  std::string summer_name;
  bool has_summer = false;
  ChangeRule summer_begins;
  ChangeRule summer_ends;

  bool is_summer(int64_t utc_s) const;
  int64_t offset_s(int64_t utc_s) const { return is_summer(utc_s) ? summer_offset_s : standard_offset_s; }
};

std::optional<PosixRule> parse_posix_rule(std::string_view text);

}  // namespace millrace

namespace millrace::abi {

/// The offsets of a zone from UTC through time, as a TZif file (RFC 8536) gives them.
struct ZoneRules {
  struct Transition {
    int64_t at_s;      ///< from this second of UTC on …
    int64_t offset_s;  ///< … clocks are this far ahead
    size_t name;       ///< … and this is the abbreviation: where it begins in `names`
  };
  int64_t first_offset_s = 0;  ///< before the first transition
  size_t first_name = 0;
  std::string names;           ///< abbreviations, each up to its NUL
  std::vector<Transition> transitions;
  std::optional<PosixRule> after;

  int64_t offset_s(int64_t utc_s) const;
  std::string_view name_at(int64_t utc_s) const;  ///< the abbreviation that holds then: `CEST`

 private:
  const Transition* transition_at(int64_t utc_s) const;  ///< nullptr: before the first, or after the last of a zone with a rule
  bool follows_rule(int64_t utc_s) const;
};

}  // namespace millrace::abi

namespace millrace {

/// Reads the bytes of a TZif file; nullopt when they are none.
std::optional<abi::ZoneRules> parse_zone_file(std::string_view bytes);

}  // namespace millrace
