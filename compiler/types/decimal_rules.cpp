#include "compiler/types/decimal_rules.h"

#include <algorithm>

namespace millrace::decimal_rules {

namespace {

constexpr int kMinScaleKept = 6;

SqlType make(int precision, int scale) { return SqlType::decimal(static_cast<uint8_t>(precision), static_cast<uint8_t>(scale)); }

SqlType adjusted(int precision, int scale) {
  if (precision <= kMaxPrecision) return make(precision, scale);
  const int whole = precision - scale;
  return make(kMaxPrecision, std::max(kMaxPrecision - whole, std::min(scale, kMinScaleKept)));
}

int larger_scale(const SqlType& a, const SqlType& b) { return std::max<int>(a.scale, b.scale); }
int sum_digits(const SqlType& a, const SqlType& b) { return std::max(a.whole_digits(), b.whole_digits()) + larger_scale(a, b) + 1; }

}  // namespace

SqlType sum(const SqlType& a, const SqlType& b) { return adjusted(sum_digits(a, b), larger_scale(a, b)); }

SqlType product(const SqlType& a, const SqlType& b) { return adjusted(a.precision + b.precision + 1, a.scale + b.scale); }

SqlType quotient(const SqlType& a, const SqlType& b) {
  const int scale = std::max(kMinScaleKept, a.scale + b.precision + 1);
  return adjusted(a.whole_digits() + b.scale + scale, scale);
}

SqlType remainder(const SqlType& a, const SqlType& b) {
  return adjusted(std::min(a.whole_digits(), b.whole_digits()) + larger_scale(a, b), larger_scale(a, b));
}

bool sum_fits(const SqlType& a, const SqlType& b, const SqlType& result) {
  const int whole = std::max(a.whole_digits(), b.whole_digits()) + 1;
  return result.scale >= larger_scale(a, b) && result.whole_digits() >= whole;
}

bool product_fits(const SqlType& a, const SqlType& b, const SqlType& result) {
  return result.scale == a.scale + b.scale && result.precision >= a.precision + b.precision;
}

bool widens(const SqlType& from, const SqlType& to) { return to.scale >= from.scale && to.whole_digits() >= from.whole_digits(); }

SqlType bounded(int precision, int scale) { return make(std::min(precision, kMaxPrecision), std::min(scale, kMaxPrecision)); }

SqlType sum_of_rows(const SqlType& type) { return bounded(type.precision + 10, type.scale); }

SqlType average_of_rows(const SqlType& type) { return bounded(type.precision + 4, type.scale + 4); }

std::optional<SqlType> for_number(const SqlType& type) {
  switch (type.kind) {
    case TypeKind::TinyInt: return make(3, 0);
    case TypeKind::SmallInt: return make(5, 0);
    case TypeKind::Int: return make(10, 0);
    case TypeKind::BigInt: return make(20, 0);
    case TypeKind::Float: return make(14, 7);
    case TypeKind::Double: return make(30, 15);
    case TypeKind::Decimal: return type;
    default: return std::nullopt;
  }
}

SqlType for_integer_value(int64_t value) {
  int digits = 1;
  for (; value <= -10 || value >= 10; value /= 10) ++digits;
  return make(digits, 0);
}

}  // namespace millrace::decimal_rules
