#include "runtime/time/zone_names.h"

#include <array>

#include "runtime/hot/calendar.h"
#include "runtime/time/time_zone.h"
#include "runtime/time/zone_rules.h"

namespace millrace {

namespace {

/// What English calls the clocks of an abbreviation; the offset tells those apart that share one.
struct ClockName {
  std::string_view abbreviation;
  int32_t offset_minutes;
  std::string_view name;
};
constexpr auto kClockNames = std::to_array<ClockName>({
    {"UTC", 0, "Coordinated Universal Time"},
    {"GMT", 0, "Greenwich Mean Time"},
    {"BST", 60, "British Summer Time"},
    {"IST", 60, "Irish Standard Time"},
    {"WET", 0, "Western European Standard Time"},
    {"WEST", 60, "Western European Summer Time"},
    {"CET", 60, "Central European Standard Time"},
    {"CEST", 120, "Central European Summer Time"},
    {"EET", 120, "Eastern European Standard Time"},
    {"EEST", 180, "Eastern European Summer Time"},
    {"MSK", 180, "Moscow Standard Time"},
    {"SAST", 120, "South Africa Standard Time"},
    {"CAT", 120, "Central Africa Time"},
    {"EAT", 180, "East Africa Time"},
    {"WAT", 60, "West Africa Standard Time"},
    {"IST", 120, "Israel Standard Time"},
    {"IDT", 180, "Israel Daylight Time"},
    {"PKT", 300, "Pakistan Standard Time"},
    {"IST", 330, "India Standard Time"},
    {"CST", 480, "China Standard Time"},
    {"HKT", 480, "Hong Kong Standard Time"},
    {"JST", 540, "Japan Standard Time"},
    {"KST", 540, "Korean Standard Time"},
    {"AWST", 480, "Australian Western Standard Time"},
    {"ACST", 570, "Australian Central Standard Time"},
    {"ACDT", 630, "Australian Central Daylight Time"},
    {"AEST", 600, "Australian Eastern Standard Time"},
    {"AEDT", 660, "Australian Eastern Daylight Time"},
    {"NZST", 720, "New Zealand Standard Time"},
    {"NZDT", 780, "New Zealand Daylight Time"},
    {"NST", -210, "Newfoundland Standard Time"},
    {"NDT", -150, "Newfoundland Daylight Time"},
    {"AST", -240, "Atlantic Standard Time"},
    {"ADT", -180, "Atlantic Daylight Time"},
    {"EST", -300, "Eastern Standard Time"},
    {"EDT", -240, "Eastern Daylight Time"},
    {"CST", -360, "Central Standard Time"},
    {"CDT", -300, "Central Daylight Time"},
    {"MST", -420, "Mountain Standard Time"},
    {"MDT", -360, "Mountain Daylight Time"},
    {"PST", -480, "Pacific Standard Time"},
    {"PDT", -420, "Pacific Daylight Time"},
    {"AKST", -540, "Alaska Standard Time"},
    {"AKDT", -480, "Alaska Daylight Time"},
    {"HST", -600, "Hawaii-Aleutian Standard Time"},
});

int64_t offset_s(const abi::TimeZone* zone, int64_t utc_us) {
  const int64_t offset_us = zone->rules ? abi::mr_zone_offset(zone, utc_us) : zone->fixed_offset_us;
  return offset_us / abi::kMicrosPerSecond;
}

}  // namespace

std::string offset_text(int64_t offset_s) {
  if (offset_s == 0) return "Z";
  const int64_t size = offset_s < 0 ? -offset_s : offset_s;
  std::string text(1, offset_s < 0 ? '-' : '+');
  const auto put = [&](int64_t number) { text += {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}; };
  put(size / 3600);
  text += ':';
  put(size / 60 % 60);
  if (size % 60 == 0) return text;
  text += ':';
  put(size % 60);
  return text;
}

std::string short_zone_name(const abi::TimeZone* zone, int64_t utc_us) {
  if (!zone) zone = utc_time_zone();
  return std::string(zone->rules ? zone->rules->name_at(abi::floor_div(utc_us, abi::kMicrosPerSecond)) : zone->id);
}

std::string long_zone_name(const abi::TimeZone* zone, int64_t utc_us) {
  if (!zone) zone = utc_time_zone();
  const std::string abbreviation = short_zone_name(zone, utc_us);
  const int64_t seconds = offset_s(zone, utc_us);
  for (const ClockName& clock : kClockNames) {
    if (clock.abbreviation == abbreviation && clock.offset_minutes * int64_t{60} == seconds) return std::string(clock.name);
  }
  if (!zone->rules) return abbreviation;
  return seconds == 0 ? "GMT" : "GMT" + offset_text(seconds);
}

}  // namespace millrace
