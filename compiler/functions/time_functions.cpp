#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/time.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/time.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<ScalarFunction>;

void add_date_fields(Rows& rows) {
  rows.push_back(scalar<&mr_year>("year", "year(DATE '2020-03-21') -> 2020"));
  rows.push_back(scalar<&mr_quarter>("quarter", "quarter(DATE '2020-03-21') -> 1"));
  rows.push_back(scalar<&mr_month>("month", "month(DATE '2020-03-21') -> 3"));
  for (const char* name : {"day", "dayofmonth"}) rows.push_back(scalar<&mr_day>(name, "day(DATE '2020-03-21') -> 21"));
  rows.push_back(scalar<&mr_dayofweek>("dayofweek", "dayofweek(DATE '2020-03-21') -> 7"));
  rows.push_back(scalar<&mr_dayofweek_iso>("dayofweek_iso", "dayofweek_iso(DATE '2020-03-21') -> 6"));
  rows.push_back(scalar<&mr_weekday>("weekday", "weekday(DATE '2020-03-21') -> 5"));
  rows.push_back(scalar<&mr_dayofyear>("dayofyear", "dayofyear(DATE '2020-03-21') -> 81"));
  for (const char* name : {"weekofyear", "week"}) rows.push_back(scalar<&mr_weekofyear>(name, "weekofyear(DATE '2020-03-21') -> 12"));
  rows.push_back(scalar<&mr_yearofweek>("yearofweek", "yearofweek(DATE '2021-01-01') -> 2020"));
  rows.push_back(scalar<&mr_dayname>("dayname", "dayname(DATE '2020-03-21') -> Sat"));
  rows.push_back(scalar<&mr_monthname>("monthname", "monthname(DATE '2020-03-21') -> Mar"));
}

void add_time_fields(Rows& rows) {
  rows.push_back(scalar<&mr_hour>("hour", "hour(TIMESTAMP '2020-03-21 10:32:11') -> 10"));
  rows.push_back(scalar<&mr_minute>("minute", "minute(TIMESTAMP '2020-03-21 10:32:11') -> 32"));
  rows.push_back(scalar<&mr_second>("second", "second(TIMESTAMP '2020-03-21 10:32:11.5') -> 11"));
  rows.push_back(scalar<&mr_date_trunc>("date_trunc", "date_trunc('HOUR', TIMESTAMP '2020-03-21 10:32:11') -> 2020-03-21 10:00:00"));
  rows.push_back(scalar<&mr_trunc_date>("trunc", "trunc(DATE '2020-03-21', 'MONTH') -> 2020-03-01"));
}

void add_date_arithmetic(Rows& rows) {
  for (const char* name : {"date_add", "dateadd"}) rows.push_back(scalar<&mr_date_add>(name, "date_add(DATE '2020-02-28', 2) -> 2020-03-01"));
  rows.push_back(scalar<&mr_date_sub>("date_sub", "date_sub(DATE '2020-03-01', 2) -> 2020-02-28"));
  for (const char* name : {"datediff", "date_diff"}) {
    rows.push_back(scalar<&mr_datediff>(name, "datediff(DATE '2020-03-01', DATE '2020-02-28') -> 2"));
  }
  rows.push_back(scalar<&mr_add_months>("add_months", "add_months(DATE '2020-01-31', 1) -> 2020-02-29"));
  rows.push_back(scalar<&mr_months_between>("months_between", "months_between('1997-02-28 10:30:00', '1996-10-30') -> 3.94959677"));
  rows.push_back(
      scalar<&mr_months_between_rounded>("months_between", "months_between('1997-02-28 10:30:00', '1996-10-30', true) -> 3.94959677"));
  rows.push_back(scalar<&mr_last_day>("last_day", "last_day(DATE '2020-02-10') -> 2020-02-29"));
  rows.push_back(scalar<&mr_next_day>("next_day", "next_day(DATE '2015-01-14', 'TU') -> 2015-01-20"));
  rows.push_back(scalar<&mr_make_date>("make_date", "make_date(2020, 2, 29) -> 2020-02-29"));
  rows.push_back(scalar<&mr_make_timestamp>("make_timestamp", "make_timestamp(2020, 2, 29, 6, 30, 45.5D) -> 2020-02-29 06:30:45.5"));
  rows.push_back(scalar<&mr_make_timestamp_in>("make_timestamp", "make_timestamp(2020, 2, 29, 6, 30, 45.5D, 'CET') -> 2020-02-29 05:30:45.5"));
}

void add_text_conversions(Rows& rows) {
  rows.push_back(scalar<&mr_date_format>("date_format", "date_format(TIMESTAMP '2020-03-21 10:32:11', 'dd/MM/yy HH') -> 21/03/20 10"));
  rows.push_back(scalar<&mr_same_date>("to_date", "to_date('2020-03-21 10:32:11') -> 2020-03-21"));
  rows.push_back(scalar<&mr_to_date_as>("to_date", "to_date('21/03/2020', 'dd/MM/yyyy') -> 2020-03-21"));
  rows.push_back(scalar<&mr_same_date>("date", "date('2020-03-21') -> 2020-03-21"));
  rows.push_back(scalar<&mr_same_timestamp>("to_timestamp", "to_timestamp(DATE '2020-03-21') -> 2020-03-21 00:00:00"));
  rows.push_back(
      scalar<&mr_cast_string_to_timestamp>("to_timestamp", "to_timestamp('2020-03-21 10:32:11.5') -> 2020-03-21 10:32:11.5"));
  rows.push_back(scalar<&mr_cast_bigint_to_timestamp>("to_timestamp", "to_timestamp(0) -> 1970-01-01 00:00:00"));
  rows.push_back(scalar<&mr_cast_double_to_timestamp>("to_timestamp", "to_timestamp(0.5D) -> 1970-01-01 00:00:00.5"));
  rows.push_back(
      scalar<&mr_to_timestamp_as>("to_timestamp", "to_timestamp('21/03/2020 10h', 'dd/MM/yyyy HH''h''') -> 2020-03-21 10:00:00"));
  rows.push_back(scalar<&mr_from_unixtime>("from_unixtime", "from_unixtime(0) -> 1970-01-01 00:00:00"));
  rows.push_back(scalar<&mr_from_unixtime_as>("from_unixtime", "from_unixtime(0, 'yyyy') -> 1970"));
  for (const char* name : {"unix_timestamp", "to_unix_timestamp"}) {
    rows.push_back(scalar<&mr_unix_timestamp_text>(name, "unix_timestamp('1970-01-01 00:00:10') -> 10"));
    rows.push_back(scalar<&mr_unix_timestamp_as>(name, "unix_timestamp('1970', 'yyyy') -> 0"));
    rows.push_back(scalar<&mr_cast_timestamp_to_bigint>(name, "unix_timestamp(TIMESTAMP '1970-01-01 00:00:10') -> 10"));
  }
  rows.push_back(scalar<&mr_unix_timestamp_now>("unix_timestamp", "unix_timestamp() > 0 -> true").changes());
  rows.push_back(
      scalar<&mr_from_utc_timestamp>("from_utc_timestamp", "from_utc_timestamp('2016-08-31', 'Asia/Seoul') -> 2016-08-31 09:00:00"));
  rows.push_back(scalar<&mr_to_utc_timestamp>("to_utc_timestamp", "to_utc_timestamp('2016-08-31', 'Asia/Seoul') -> 2016-08-30 15:00:00"));
}

void add_epochs(Rows& rows) {
  rows.push_back(scalar<&mr_cast_bigint_to_timestamp>("timestamp_seconds", "timestamp_seconds(1) -> 1970-01-01 00:00:01"));
  rows.push_back(scalar<&mr_cast_double_to_timestamp>("timestamp_seconds", "timestamp_seconds(1.5D) -> 1970-01-01 00:00:01.5"));
  rows.push_back(scalar<&mr_timestamp_millis>("timestamp_millis", "timestamp_millis(1500) -> 1970-01-01 00:00:01.5"));
  rows.push_back(scalar<&mr_timestamp_micros>("timestamp_micros", "timestamp_micros(1500000) -> 1970-01-01 00:00:01.5"));
  rows.push_back(scalar<&mr_cast_timestamp_to_bigint>("unix_seconds", "unix_seconds(TIMESTAMP '1970-01-01 00:00:01.5') -> 1"));
  rows.push_back(scalar<&mr_unix_millis>("unix_millis", "unix_millis(TIMESTAMP '1970-01-01 00:00:01.5') -> 1500"));
  rows.push_back(scalar<&mr_unix_micros>("unix_micros", "unix_micros(TIMESTAMP '1970-01-01 00:00:01.5') -> 1500000"));
  rows.push_back(scalar<&mr_unix_date>("unix_date", "unix_date(DATE '1970-01-02') -> 1"));
  rows.push_back(scalar<&mr_date_from_unix_date>("date_from_unix_date", "date_from_unix_date(1) -> 1970-01-02"));
  for (const char* name : {"current_timestamp", "now", "localtimestamp"}) {
    rows.push_back(scalar<&mr_current_timestamp>(name, "current_timestamp() IS NULL -> false").changes());
  }
  for (const char* name : {"current_date", "curdate"}) {
    rows.push_back(scalar<&mr_current_date>(name, "current_date() IS NULL -> false").changes());
  }
}

/// What `+` and `-` between times and intervals mean; bound by the analyzer only.
void add_interval_arithmetic(Rows& rows) {
  rows.push_back(scalar<&mr_timestamp_add_micros>("__timestamp_add_micros", ""));
  rows.push_back(scalar<&mr_timestamp_add_months>("__timestamp_add_months", ""));
  rows.push_back(scalar<&mr_date_add_months>("__date_add_months", ""));
  rows.push_back(scalar<&mr_timestamp_difference>("__timestamp_difference", ""));
  rows.push_back(scalar<&mr_date_difference>("__date_difference", ""));
}

}  // namespace

void add_time_functions(std::vector<ScalarFunction>& rows) {
  add_date_fields(rows);
  add_time_fields(rows);
  add_date_arithmetic(rows);
  add_text_conversions(rows);
  add_epochs(rows);
  add_interval_arithmetic(rows);
}

}  // namespace millrace
