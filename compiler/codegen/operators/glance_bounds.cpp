#include "compiler/codegen/operators/glance_bounds.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

namespace millrace {
namespace {

constexpr int kTextBytes = 8;
constexpr int kWholeMax = 5;

/// `units` of the last decimal as digits, a dot and digits.
uint64_t text_of(int64_t units, int whole) {
  std::string text = fmt::format("{:0{}}", units, kTextBytes - 1);
  text.insert(static_cast<size_t>(whole), 1, '.');
  uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

}  // namespace

std::optional<GlanceBounds> glance_bounds(double bound) {
  if (!(bound > 0) || bound >= std::pow(10, kWholeMax)) return {};
  int whole = 1;
  while (bound >= std::pow(10, whole)) ++whole;
  const int decimals = kTextBytes - 1 - whole;
  // One unit on each side: what differs by more than that is neither rounded to the bound, nor is the product rounded by as much.
  const auto units = static_cast<int64_t>(std::floor(bound * std::pow(10, decimals)));
  const auto least = whole == 1 ? 0 : static_cast<int64_t>(std::pow(10, whole - 1 + decimals));
  const auto greatest = static_cast<int64_t>(std::pow(10, whole + decimals)) - 1;
  if (units - 1 < least || units + 1 > greatest) return {};
  return GlanceBounds{whole, text_of(units - 1, whole), text_of(units + 1, whole)};
}

}  // namespace millrace
