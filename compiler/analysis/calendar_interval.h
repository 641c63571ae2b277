#pragma once

#include <vector>

#include "compiler/analysis/operators.h"
#include "compiler/syntax/ast.h"

namespace millrace {

// INTERVALs that mix months with days and smaller units: Spark's first INTERVAL, what make_interval and CAST('…' AS INTERVAL) give. A value is a
// STRUCT of months, days and microseconds with a type of its own (SqlType::precision is 1), so that it is kept as any STRUCT is; what leaves a query
// is its text. Months and days have no fixed length: such values are neither equal nor in an order.

bool is_calendar_interval(const SqlType& type);
bool mixes_months_with_days(const ast::Interval& interval);

/// NULL where one of the three is.
ExprPtr make_calendar_interval(ExprPtr months, ExprPtr days, ExprPtr micros, SourceSpan span);
ExprPtr calendar_interval_literal(const ast::Interval& interval, SourceSpan span);
/// make_interval([years [, months [, weeks [, days [, hours [, minutes [, seconds]]]]]]])
ExprPtr make_interval(std::vector<ExprPtr> arguments, SourceSpan span);
/// `1 year -2 days`; NULL for what is none.
ExprPtr calendar_interval_of_text(ExprPtr text, SourceSpan span);
/// `1 years -2 days`
ExprPtr text_of_calendar_interval(ExprPtr interval, SourceSpan span);

ExprPtr negate_calendar_interval(ExprPtr interval, SourceSpan span);
ExprPtr add_calendar_intervals(ExprPtr left, ExprPtr right, bool subtract, SourceSpan span);
/// A DATE stays one, as in Spark.
ExprPtr shift_by_calendar_interval(ExprPtr time, ExprPtr interval, bool subtract, SourceSpan span);

}  // namespace millrace
