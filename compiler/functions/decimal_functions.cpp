#include "compiler/functions/decimal_functions.h"

#include <algorithm>

#include "compiler/functions/function_catalog.h"
#include "compiler/functions/registry_row.h"
#include "runtime/abi/calls/decimal_round.h"
#include "runtime/abi/calls/number_format.h"
#include "runtime/hot/interval.h"

namespace millrace {

using namespace abi;

namespace {

/// The analyzer knows the result; it has the type of the first argument where nobody says otherwise.
std::optional<CallTypes> as_given(const std::vector<SqlType>& arguments) {
  if (!arguments.front().is(TypeKind::Decimal)) return std::nullopt;
  return CallTypes{arguments, arguments.front()};
}

std::optional<CallTypes> as_text(const std::vector<SqlType>& arguments) { return CallTypes{arguments, TypeKind::String}; }

}  // namespace

void add_decimal_functions(std::vector<ScalarFunction>& rows) {
  rows.push_back(packed<&mr_decimal_round>("__decimal_round", "", as_given, 2, 2, ""));
  rows.push_back(packed<&mr_decimal_bround>("__decimal_bround", "", as_given, 2, 2, ""));
  rows.push_back(packed<&mr_decimal_ceil>("__decimal_ceil", "", as_given, 2, 2, ""));
  rows.push_back(packed<&mr_decimal_floor>("__decimal_floor", "", as_given, 2, 2, ""));
  rows.push_back(packed<&mr_decimal_abs>("__decimal_abs", "", as_given, 1, 1, ""));
  // What the analyzer makes of to_number and to_char.
  rows.push_back(scalar<&mr_to_number>("__to_number", ""));
  rows.push_back(packed<&mr_number_to_char>("__number_to_char", "", as_text, 2, 2, ""));
  rows.push_back(scalar<&mr_micros_times_int>("__interval_multiply", ""));
  rows.push_back(scalar<&mr_micros_times_double>("__interval_multiply", ""));
  rows.push_back(scalar<&mr_months_times_int>("__interval_multiply", ""));
  rows.push_back(scalar<&mr_months_times_double>("__interval_multiply", ""));
  rows.push_back(scalar<&mr_micros_by_int>("__interval_divide", ""));
  rows.push_back(scalar<&mr_micros_by_double>("__interval_divide", ""));
  rows.push_back(scalar<&mr_months_by_int>("__interval_divide", ""));
  rows.push_back(scalar<&mr_months_by_double>("__interval_divide", ""));
  using enum TypeKind;
  rows.push_back(scalar<&mr_make_ym_interval>("make_ym_interval", "make_ym_interval(1, 2) -> INTERVAL '1-2' YEAR TO MONTH").takes(0, Int).takes(1, Int));
  rows.push_back(scalar<&mr_make_dt_interval>("make_dt_interval", "make_dt_interval(1, 12, 30, 1.5) -> INTERVAL '1 12:30:01.5' DAY TO SECOND")
                     .takes(0, Int).takes(1, Int).takes(2, Int).takes(3, SqlType::decimal(18, 6)));
  rows.push_back(scalar<&mr_calendar_interval_text>("__calendar_interval_text", ""));
  rows.push_back(scalar<&mr_calendar_interval_part>("__calendar_interval_part", ""));
  rows.push_back(scalar<&mr_timestamp_add_calendar>("__timestamp_add_calendar", ""));
  rows.push_back(scalar<&mr_date_add_calendar>("__date_add_calendar", ""));
  rows.push_back(scalar<&mr_interval_field>("__interval_field", "").integral(0));
  rows.push_back(scalar<&mr_interval_seconds>("__interval_seconds", "").integral(0).returns(SqlType::decimal(8, 6)));
  rows.push_back(scalar<&mr_timestamp_seconds_exact>("__timestamp_seconds", "").returns(SqlType::decimal(8, 6)));
}

const ScalarFunction& decimal_function(std::string_view name) {
  const std::vector<ScalarFunction>& rows = scalar_functions();
  return *std::find_if(rows.begin(), rows.end(), [&](const ScalarFunction& f) { return f.name == name; });
}

}  // namespace millrace
