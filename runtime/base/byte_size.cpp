#include "runtime/base/byte_size.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace millrace {

namespace {

constexpr std::string_view kUnitLetters = "kmgt";

/// 0 when there is no such unit.
double unit_bytes(std::string unit) {
  std::transform(unit.begin(), unit.end(), unit.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (unit.empty() || unit == "b" || unit == "byte" || unit == "bytes") return 1;
  const size_t power = kUnitLetters.find(unit[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = std::string_view(unit).substr(1);
  if (rest != "" && rest != "b" && rest != "ib") return 0;
  return std::pow(rest == "b" ? 1000.0 : 1024.0, static_cast<double>(power + 1));
}

}  // namespace

std::optional<int64_t> parse_byte_size(std::string_view text) {
  constexpr double kMost = static_cast<double>(int64_t{1} << 62);
  const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + digits, number, std::chars_format::fixed);
  if (digits == 0 || parsed.ec != std::errc{} || parsed.ptr != text.data() + digits) return std::nullopt;
  const std::string_view unit = text.substr(std::min(text.find_first_not_of(' ', digits), text.size()));
  const double bytes = number * unit_bytes(std::string(unit));
  if (unit_bytes(std::string(unit)) == 0 || bytes > kMost) return std::nullopt;
  return static_cast<int64_t>(bytes);
}

std::string byte_size_text(int64_t bytes) {
  constexpr const char* kNames[] = {"bytes", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < std::size(kNames); ++unit) value /= 1000;
  char text[64];
  const bool is_whole = unit == 0 || std::fabs(value - std::round(value)) < 0.05;
  std::snprintf(text, sizeof text, is_whole ? "%.0f %s" : "%.1f %s", value, kNames[unit]);
  return text;
}

}  // namespace millrace
