#include "runtime/base/duration.h"

#include <charconv>
#include <cmath>

namespace millrace {

namespace {

struct Unit {
  std::string_view name;  ///< singular; a plural `s` is taken too when the name is a word
  int64_t us;
};

constexpr Unit kDurationUnits[] = {
    {"us", 1},          {"microsecond", 1},      {"ms", 1'000},
    {"millisecond", 1'000}, {"s", 1'000'000},        {"sec", 1'000'000},
    {"second", 1'000'000},  {"m", 60'000'000},       {"min", 60'000'000},
    {"minute", 60'000'000}, {"h", 3'600'000'000},    {"hour", 3'600'000'000},
    {"d", 86'400'000'000},  {"day", 86'400'000'000}, {"w", 604'800'000'000},
    {"week", 604'800'000'000},
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] | 0x20) != b[i]) return false;
  }
  return true;
}

std::optional<int64_t> unit_us(std::string_view word) {
  for (const Unit& unit : kDurationUnits) {
    if (same_letters(word, unit.name)) return unit.us;
    bool plural = unit.name.size() > 2 && word.size() == unit.name.size() + 1 && (word.back() | 0x20) == 's';
    if (plural && same_letters(word.substr(0, unit.name.size()), unit.name)) return unit.us;
  }
  return std::nullopt;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

}  // namespace

std::optional<int64_t> parse_duration_us(std::string_view text) noexcept {
  double total = 0;
  skip_blanks(text);
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    skip_blanks(text);
    size_t letters = 0;
    while (letters < text.size() && is_letter(text[letters])) ++letters;
    auto us = letters == 0 ? std::optional<int64_t>(1'000'000) : unit_us(text.substr(0, letters));
    if (!us) return std::nullopt;
    total += number * static_cast<double>(*us);
    text.remove_prefix(letters);
    skip_blanks(text);
  }
  if (!(total < 9.0e18)) return std::nullopt;
  return static_cast<int64_t>(std::llround(total));
}

}  // namespace millrace
