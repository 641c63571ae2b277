#pragma once

#include <optional>

#include "compiler/types/sql_type.h"

namespace millrace {

/// The implicit casts of Spark SQL (non-ANSI): the one place that knows them.

/// The type to which both operands of a comparison, CASE, COALESCE, IN or UNION are cast; nullopt when there is none.
std::optional<SqlType> common_type(const SqlType& a, const SqlType& b);

/// The type to which both operands of a comparison are cast. As common_type, except that a string beside a number,
/// date, timestamp or boolean is cast to the other's type (string beside integer: to that integer, Spark's rule).
std::optional<SqlType> comparison_type(const SqlType& a, const SqlType& b);

/// Whether a value of `from` may be passed where `to` is expected without the user writing a CAST.
bool implicitly_castable(const SqlType& from, const SqlType& to);

/// Whether CAST(from AS to) is legal at all.
bool explicitly_castable(const SqlType& from, const SqlType& to);

/// A distance for overload choice: 0 for the same type, larger for wider casts; nullopt when not castable.
std::optional<int> cast_cost(const SqlType& from, const SqlType& to);

}  // namespace millrace
