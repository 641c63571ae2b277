#pragma once

#include <optional>

#include "compiler/types/sql_type.h"

/// The types of DECIMAL arithmetic: Spark's DecimalPrecision. A result that would need more than 38 digits keeps those before the point, and of
/// its scale what room is left, at least six digits.
namespace millrace::decimal_rules {

inline constexpr int kMaxPrecision = 38;

SqlType sum(const SqlType& a, const SqlType& b);  ///< of a difference, too
SqlType product(const SqlType& a, const SqlType& b);
SqlType quotient(const SqlType& a, const SqlType& b);
SqlType remainder(const SqlType& a, const SqlType& b);

/// Whether every sum, difference (product) has a place in `result` without rounding.
bool sum_fits(const SqlType& a, const SqlType& b, const SqlType& result);
bool product_fits(const SqlType& a, const SqlType& b, const SqlType& result);
/// Whether every value of DECIMAL `from` is one of `to`.
bool widens(const SqlType& from, const SqlType& to);

/// Cut to 38 digits, as results of aggregates are: the scale is kept.
SqlType bounded(int precision, int scale);
SqlType sum_of_rows(const SqlType& type);      ///< sum(x)
SqlType average_of_rows(const SqlType& type);  ///< avg(x)

/// The DECIMAL that holds every value of an integer type; of a FLOAT or DOUBLE Spark's choice for it; nullopt for what is no number.
std::optional<SqlType> for_number(const SqlType& type);
/// The DECIMAL(n, 0) of a literal's n digits.
SqlType for_integer_value(int64_t value);

}  // namespace millrace::decimal_rules
