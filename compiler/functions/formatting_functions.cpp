#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/casts.h"
#include "runtime/abi/calls/encodings.h"
#include "runtime/abi/calls/formatting.h"
#include "runtime/abi/calls/spark_hash.h"
#include "runtime/abi/calls/time.h"
#include "runtime/abi/calls/time_units.h"
#include "runtime/hot/cast.h"
#include "runtime/hot/time.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<ScalarFunction>;

/// A pattern, then values: numbers and BOOLEANs as they are, the text of others.
type_rule::Result formatted(const type_rule::Types& arguments) {
  CallTypes types{{TypeKind::String}, TypeKind::String};
  for (size_t i = 1; i < arguments.size(); ++i) {
    const SqlType& type = arguments[i];
    const bool as_it_is = type.is_integer() || type.is_floating() || type.is(TypeKind::Boolean) || type.is(TypeKind::Null);
    types.arguments.push_back(as_it_is ? type : type.is(TypeKind::Decimal) ? SqlType(TypeKind::Double) : SqlType(TypeKind::String));
  }
  return types;
}

template <TypeKind kind>
type_rule::Result hashed(const type_rule::Types& arguments) {
  return CallTypes{arguments, kind};
}

void add_text(Rows& rows) {
  for (const char* name : {"format_string", "printf"}) {
    rows.push_back(packed<&mr_format_string>(name, "(STRING, any, …) -> STRING", formatted, 1, kAnyCount, "format_string('%05d %s|%.2f', 42, 'a', 1.005D) -> 00042 a|1.01"));
  }
  rows.push_back(scalar<&mr_substring_index>("substring_index", "substring_index('www.apache.org', '.', 2) -> www.apache"));
  rows.push_back(scalar<&mr_mask_plain>("mask", "mask('abCD-123') -> xxXX-nnn"));
  rows.push_back(scalar<&mr_mask_letters>("mask", "mask('aB1', 'Q', 'q', 'd') -> qQd"));
  rows.push_back(scalar<&mr_mask>("mask", "mask('aB-1', 'Q', 'q', 'd', 'o') -> qQod"));
  rows.push_back(scalar<&mr_quote>("quote", "quote('a') -> 'a'"));
  rows.push_back(scalar<&mr_parse_url>("parse_url", "parse_url('http://spark.apache.org/path?query=1', 'HOST') -> spark.apache.org"));
  rows.push_back(scalar<&mr_parse_url_key>("parse_url", "parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query') -> 1"));
  const SqlType strings = SqlType::array(TypeKind::String);
  rows.push_back(scalar<&mr_regexp_extract_all_first>("regexp_extract_all", "regexp_extract_all('1-2, 3-4', '([0-9])-([0-9])') -> [1, 3]").returns(strings));
  rows.push_back(scalar<&mr_regexp_extract_all>("regexp_extract_all", "regexp_extract_all('1-2, 3-4', '([0-9])-([0-9])', 2) -> [2, 4]").returns(strings));
}

void add_bytes(Rows& rows) {
  rows.push_back(scalar<&mr_encode>("encode", "hex(encode('é', 'utf-16be')) -> 00E9").returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_decode>("__decode", "").takes(0, TypeKind::Binary));
  for (const char* name : {"to_binary", "try_to_binary"}) {
    rows.push_back(scalar<&mr_to_binary>(name, "hex(to_binary('abc', 'utf-8')) -> 616263").returns(TypeKind::Binary));
    rows.push_back(scalar<&mr_to_binary_hex>(name, "hex(to_binary('0aFF')) -> 0AFF").returns(TypeKind::Binary));
  }
  rows.push_back(scalar<&mr_is_valid_utf8>("is_valid_utf8", "is_valid_utf8(CAST(x'61C3' AS STRING)) -> false"));
  rows.push_back(scalar<&mr_make_valid_utf8>("make_valid_utf8", "make_valid_utf8(CAST(x'61C3' AS STRING)) -> a\uFFFD"));
  for (const char* name : {"validate_utf8", "try_validate_utf8"}) {
    rows.push_back(scalar<&mr_validate_utf8>(name, "validate_utf8(CAST(x'61C3' AS STRING)) -> NULL"));
  }
  rows.push_back(packed<&mr_spark_hash>("hash", "(any, …) -> INT", hashed<TypeKind::Int>, 1, kAnyCount, "hash('Spark', array(123), 2) -> -1321691492"));
  rows.push_back(packed<&mr_spark_xxhash64>("xxhash64", "(any, …) -> BIGINT", hashed<TypeKind::BigInt>, 1, kAnyCount,
                                            "xxhash64('Spark', array(123), 2) -> 5602566077635097486"));
}

void add_times(Rows& rows) {
  for (const char* name : {"to_timestamp_ltz", "to_timestamp_ntz", "try_to_timestamp"}) {
    rows.push_back(scalar<&mr_same_timestamp>(name, "to_timestamp_ntz(DATE '2020-03-21') -> 2020-03-21 00:00:00"));
    rows.push_back(scalar<&mr_cast_string_to_timestamp>(name, "try_to_timestamp('no time') -> NULL"));
    rows.push_back(scalar<&mr_to_timestamp_as>(name, "try_to_timestamp('21/03/2020', 'dd/MM/yyyy') -> 2020-03-21 00:00:00"));
  }
  for (const char* name : {"make_timestamp_ltz", "try_make_timestamp", "try_make_timestamp_ltz"}) {
    rows.push_back(scalar<&mr_make_timestamp_in>(name, "make_timestamp_ltz(2020, 2, 29, 6, 30, 45.5D, 'CET') -> 2020-02-29 05:30:45.5"));
  }
  for (const char* name : {"make_timestamp_ltz", "make_timestamp_ntz", "try_make_timestamp", "try_make_timestamp_ltz", "try_make_timestamp_ntz"}) {
    rows.push_back(scalar<&mr_make_timestamp>(name, "make_timestamp_ntz(2020, 2, 29, 6, 30, 45.5D) -> 2020-02-29 06:30:45.5"));
  }
  rows.push_back(scalar<&mr_url_decode>("try_url_decode", "try_url_decode('%zz') -> NULL"));
  rows.push_back(scalar<&mr_micros_later>("__micros_later", ""));
  rows.push_back(scalar<&mr_months_later>("__months_later", ""));
  rows.push_back(scalar<&mr_micros_apart>("__micros_apart", ""));
  rows.push_back(scalar<&mr_months_apart>("__months_apart", ""));
}

}  // namespace

void add_formatting_functions(std::vector<ScalarFunction>& rows) {
  add_text(rows);
  add_bytes(rows);
  add_times(rows);
}

}  // namespace millrace
