#include "runtime/time/time_zone.h"

#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "runtime/hot/calendar.h"
#include "runtime/time/zone_names.h"
#include "runtime/time/zone_rules.h"

namespace millrace {

namespace {

using abi::kMicrosPerSecond;
using abi::TimeZone;
using abi::ZoneRules;

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";

/// Reads one or two digits.
std::optional<int64_t> take_two_digits(std::string_view& text) {
  int64_t number = 0;
  size_t size = 0;
  for (; size < 2 && size < text.size() && text[size] >= '0' && text[size] <= '9'; ++size) number = number * 10 + (text[size] - '0');
  if (size == 0) return std::nullopt;
  text.remove_prefix(size);
  return number;
}

/// `±h[h][:mm[:ss]]`, `±hhmm` in seconds; at most 18 hours, as java.time has it.
std::optional<int64_t> parse_offset(std::string_view text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int64_t sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int64_t parts[3] = {0, 0, 0};
  for (int i = 0; i < 3 && (i == 0 || !text.empty()); ++i) {
    if (i > 0 && text.front() == ':') text.remove_prefix(1);
    const std::optional<int64_t> part = take_two_digits(text);
    if (!part) return std::nullopt;
    parts[i] = *part;
  }
  const int64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (!text.empty() || parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) return std::nullopt;
  return sign * seconds;
}

std::optional<int64_t> parse_fixed(std::string_view name) {
  if (name == "Z" || name == "z") return 0;
  for (std::string_view prefix : {"UTC", "GMT", "UT", ""}) {
    if (!name.starts_with(prefix)) continue;
    if (!prefix.empty() && name.size() == prefix.size()) return 0;
    if (const auto offset = parse_offset(name.substr(prefix.size()))) return offset;
  }
  return std::nullopt;
}

/// How java.time writes it: `+02:00`, `UTC+02:00`, `GMT`.
std::string fixed_id(std::string_view name, int64_t offset_s) {
  const std::string prefix(name.substr(0, name.find_first_of("+-")));
  return offset_s == 0 && !prefix.empty() ? prefix : (name.size() > prefix.size() && prefix.size() > 1 ? prefix : "") + offset_text(offset_s);
}

/// Only names that cannot leave the database's folder.
bool is_zone_name(std::string_view name) {
  constexpr size_t kLengthMax = 64;
  if (name.empty() || name.size() > kLengthMax || name.front() == '/') return false;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '/' && c != '_' && c != '-' && c != '+') return false;
  }
  return true;
}

struct LoadedZone {
  std::string id;
  ZoneRules rules;
  TimeZone zone;
};

std::unique_ptr<LoadedZone> load_zone(std::string_view name) {
  auto loaded = std::make_unique<LoadedZone>();
  if (const std::optional<int64_t> offset = parse_fixed(name)) {
    loaded->zone.fixed_offset_us = *offset * kMicrosPerSecond;
    loaded->id = fixed_id(name, *offset);
    loaded->zone.id = loaded->id.c_str();
    return loaded;
  }
  if (!is_zone_name(name)) return nullptr;
  std::ifstream file(std::string(kZoneFolder) + std::string(name), std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf())) return nullptr;
  std::optional<ZoneRules> rules = parse_zone_file(bytes.view());
  if (!rules) return nullptr;
  loaded->rules = std::move(*rules);
  loaded->zone.rules = &loaded->rules;
  loaded->id = name;
  loaded->zone.id = loaded->id.c_str();
  return loaded;
}

}  // namespace

const abi::TimeZone* utc_time_zone() {
  static constexpr TimeZone utc{};
  return &utc;
}

const abi::TimeZone* find_time_zone(std::string_view name) {
  // Zones are few, named by users' SQL and immutable: kept for good, so that nobody need own them.
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<LoadedZone>, std::less<>> zones;
  constexpr size_t kZonesMax = 4096;  // text that names zones row by row must not fill the memory
  const std::lock_guard lock(mutex);
  auto found = zones.find(name);
  if (found == zones.end()) {
    if (zones.size() >= kZonesMax) return nullptr;
    found = zones.emplace(std::string(name), load_zone(name)).first;
  }
  return found->second ? &found->second->zone : nullptr;
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

int64_t mr_zone_offset(const TimeZone* zone, int64_t utc_us) noexcept {
  return zone->rules->offset_s(floor_div(utc_us, kMicrosPerSecond)) * kMicrosPerSecond;
}

int64_t mr_zone_local_to_utc(const TimeZone* zone, int64_t local_us) noexcept {
  // A day before and after, as if UTC: clocks change less often than that.
  const int64_t before = mr_zone_offset(zone, wrapping_add(local_us, -kMicrosPerDay));
  const int64_t after = mr_zone_offset(zone, wrapping_add(local_us, kMicrosPerDay));
  const int64_t early = wrapping_add(local_us, -before);
  if (before == after || mr_zone_offset(zone, early) == before) return early;
  const int64_t late = wrapping_add(local_us, -after);
  return mr_zone_offset(zone, late) == after ? late : early;
}

}  // extern "C"

}  // namespace millrace::abi
