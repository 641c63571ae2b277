#include <cmath>
#include <optional>
#include <span>

#include "runtime/abi/calls/time.h"
#include "runtime/functions/time_names.h"
#include "runtime/functions/trimmed_text.h"
#include "runtime/hot/calendar.h"
#include "runtime/time/time_zone.h"

namespace millrace::abi {

namespace {

enum class Unit { Year, Quarter, Month, Week, Day, Hour, Minute, Second, Millisecond, Microsecond };

struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr UnitName kUnitNames[] = {
    {"year", Unit::Year},     {"yyyy", Unit::Year},     {"yy", Unit::Year},     {"quarter", Unit::Quarter},
    {"month", Unit::Month},   {"mon", Unit::Month},     {"mm", Unit::Month},    {"week", Unit::Week},
    {"day", Unit::Day},       {"dd", Unit::Day},        {"hour", Unit::Hour},   {"minute", Unit::Minute},
    {"second", Unit::Second}, {"millisecond", Unit::Millisecond}, {"microsecond", Unit::Microsecond},
};

std::optional<Unit> find_unit(const StringRef& s) {
  const std::string_view text(s.data, static_cast<size_t>(s.size));
  for (const UnitName& one : kUnitNames) {
    if (equals_ignoring_case(text, one.name)) return one.unit;
  }
  return std::nullopt;
}

/// The first day of the year, quarter, month or week.
int64_t truncate_days(int64_t days, Unit unit) {
  if (unit == Unit::Week) return days - weekday_of(days);
  const CivilDate date = civil_from_days(days);
  if (unit == Unit::Year) return days_from_civil(date.year, 1, 1);
  if (unit == Unit::Quarter) return days_from_civil(date.year, (date.month - 1) / 3 * 3 + 1, 1);
  return days_from_civil(date.year, date.month, 1);
}

int64_t unit_micros(Unit unit) {
  switch (unit) {
    case Unit::Day: return kMicrosPerDay;
    case Unit::Hour: return 3600 * kMicrosPerSecond;
    case Unit::Minute: return 60 * kMicrosPerSecond;
    case Unit::Second: return kMicrosPerSecond;
    case Unit::Millisecond: return 1000;
    default: return 1;
  }
}

std::optional<int64_t> find_weekday(const StringRef& s) {
  const std::string_view text = trimmed_text(s);
  for (int64_t i = 0; i < 7; ++i) {
    std::string_view name = kWeekdayNames[i];
    for (size_t size : {size_t{2}, size_t{3}, name.size()}) {
      if (text.size() != size) continue;
      bool same = true;
      for (size_t j = 0; j < size; ++j) same &= ascii_lower(text[j]) == ascii_lower(name[j]);
      if (same) return i;
    }
  }
  return std::nullopt;
}

StringRef short_name(std::string_view name) { return {name.data(), static_cast<int64_t>(kShortNameSize)}; }

struct MonthAndDay {
  int64_t month;  ///< since year 0
  int64_t day;
  bool last;      ///< of its month
  int64_t second_of_day;
};

MonthAndDay split(const PipelineContext* ctx, SqlTimestamp time) {
  const int64_t local = local_from_utc(ctx->time_zone, static_cast<int64_t>(time));
  const int64_t days = floor_div(local, kMicrosPerDay);
  const CivilDate date = civil_from_days(days);
  return {date.year * 12 + date.month, date.day, date.day == days_in_month(date.year, date.month),
          (local - days * kMicrosPerDay) / kMicrosPerSecond};
}

const TimeZone* zone_of(const StringRef& name) { return find_time_zone({name.data, static_cast<size_t>(name.size)}); }

}  // namespace

extern "C" {

bool mr_date_trunc(PipelineContext* ctx, const StringRef* unit, SqlTimestamp time, SqlTimestamp* out) noexcept {
  const std::optional<Unit> found = find_unit(*unit);
  if (!found) return false;
  int64_t local = local_from_utc(ctx->time_zone, static_cast<int64_t>(time));
  if (*found < Unit::Day) {
    if (__builtin_mul_overflow(truncate_days(floor_div(local, kMicrosPerDay), *found), kMicrosPerDay, &local)) return false;
  } else if (__builtin_sub_overflow(local, floor_mod(local, unit_micros(*found)), &local)) {
    return false;
  }
  *out = SqlTimestamp{utc_from_local(ctx->time_zone, local)};
  return true;
}

bool mr_trunc_date(SqlDate date, const StringRef* unit, SqlDate* out) noexcept {
  const std::optional<Unit> found = find_unit(*unit);
  if (!found || *found >= Unit::Day) return false;
  *out = SqlDate{truncate_days(static_cast<int64_t>(date), *found)};
  return true;
}

bool mr_next_day(SqlDate date, const StringRef* weekday, SqlDate* out) noexcept {
  const std::optional<int64_t> wanted = find_weekday(*weekday);
  if (!wanted) return false;
  const auto days = static_cast<int64_t>(date);
  *out = SqlDate{days + 1 + floor_mod(*wanted - weekday_of(days) - 1, 7)};
  return true;
}

double mr_months_between_rounded(PipelineContext* ctx, SqlTimestamp a, SqlTimestamp b, bool round) noexcept {
  const MonthAndDay x = split(ctx, a);
  const MonthAndDay y = split(ctx, b);
  const auto months = static_cast<double>(x.month - y.month);
  if (x.day == y.day || (x.last && y.last)) return months;
  constexpr double kSecondsPerMonth = 31 * 86'400;
  const auto seconds = static_cast<double>((x.day - y.day) * 86'400 + x.second_of_day - y.second_of_day);
  const double between = months + seconds / kSecondsPerMonth;
  constexpr double kEightDigits = 1e8;
  return round ? std::round(between * kEightDigits) / kEightDigits : between;
}

double mr_months_between(PipelineContext* ctx, SqlTimestamp a, SqlTimestamp b) noexcept {
  return mr_months_between_rounded(ctx, a, b, true);
}

void mr_dayname(SqlDate date, StringRef* out) noexcept { *out = short_name(kWeekdayNames[weekday_of(static_cast<int64_t>(date))]); }

void mr_monthname(SqlDate date, StringRef* out) noexcept {
  *out = short_name(kMonthNames[civil_from_days(static_cast<int64_t>(date)).month - 1]);
}

bool mr_from_utc_timestamp(SqlTimestamp time, const StringRef* zone, SqlTimestamp* out) noexcept {
  const TimeZone* found = zone_of(*zone);
  if (found == nullptr) return false;
  *out = SqlTimestamp{local_from_utc(found, static_cast<int64_t>(time))};
  return true;
}

bool mr_to_utc_timestamp(SqlTimestamp time, const StringRef* zone, SqlTimestamp* out) noexcept {
  const TimeZone* found = zone_of(*zone);
  if (found == nullptr) return false;
  *out = SqlTimestamp{utc_from_local(found, static_cast<int64_t>(time))};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
