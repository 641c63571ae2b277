#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "runtime/abi/calls/strings.h"
#include "runtime/hot/strings.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<ScalarFunction>;

void add_lengths(Rows& rows) {
  for (const char* name : {"length", "char_length", "character_length", "len"}) {
    rows.push_back(scalar<&mr_char_length>(name, "length('né') -> 2"));
    rows.push_back(scalar<&mr_octet_length>(name, "length(x'1F20') -> 2").takes(0, TypeKind::Binary));
  }
  rows.push_back(scalar<&mr_octet_length>("octet_length", "octet_length('né') -> 3"));
  rows.push_back(scalar<&mr_octet_length>("octet_length", "octet_length(x'1F') -> 1").takes(0, TypeKind::Binary));
  rows.push_back(scalar<&mr_bit_length>("bit_length", "bit_length('né') -> 24"));
  rows.push_back(scalar<&mr_bit_length>("bit_length", "bit_length(x'1F') -> 8").takes(0, TypeKind::Binary));
}

void add_letter_case(Rows& rows) {
  for (const char* name : {"upper", "ucase"}) rows.push_back(scalar<&mr_upper>(name, "upper('né') -> NÉ"));
  for (const char* name : {"lower", "lcase"}) rows.push_back(scalar<&mr_lower>(name, "lower('NÉ') -> né"));
  rows.push_back(scalar<&mr_initcap>("initcap", "initcap('sPARK sql') -> Spark Sql"));
}

void add_parts(Rows& rows) {
  for (const char* name : {"substring", "substr", "mid"}) {
    rows.push_back(scalar<&mr_substring>(name, "substring('Spark', -3, 2) -> ar"));
    rows.push_back(scalar<&mr_substring_from>(name, "substring('Spark', 3) -> ark"));
  }
  rows.push_back(scalar<&mr_left>("left", "left('Spark', 2) -> Sp"));
  rows.push_back(scalar<&mr_right>("right", "right('Spark', 2) -> rk"));
  rows.push_back(scalar<&mr_trim>("trim", "trim('  a ') -> a"));
  rows.push_back(scalar<&mr_trim_set>("trim", "trim('xy', 'xayx') -> a"));
  rows.push_back(scalar<&mr_ltrim>("ltrim", "ltrim('  a') -> a"));
  rows.push_back(scalar<&mr_ltrim_set>("ltrim", "ltrim('x', 'xxa') -> a"));
  rows.push_back(scalar<&mr_rtrim>("rtrim", "rtrim('a  ') -> a"));
  rows.push_back(scalar<&mr_rtrim_set>("rtrim", "rtrim('x', 'axx') -> a"));
  rows.push_back(scalar<&mr_trim>("btrim", "btrim('  a ') -> a"));
  rows.push_back(scalar<&mr_btrim_set>("btrim", "btrim('xax', 'x') -> a"));
  rows.push_back(scalar<&mr_split_part>("split_part", "split_part('11.12.13', '.', 2) -> 12"));
}

void add_searching(Rows& rows) {
  rows.push_back(scalar<&mr_instr>("instr", "instr('SparkSQL', 'SQL') -> 6"));
  for (const char* name : {"locate", "position", "charindex"}) {
    rows.push_back(scalar<&mr_locate>(name, "locate('bar', 'foobar') -> 4"));
    rows.push_back(scalar<&mr_locate_from>(name, "locate('o', 'foobaro', 4) -> 7"));
  }
  rows.push_back(scalar<&mr_startswith>("startswith", "startswith('Spark', 'Sp') -> true"));
  rows.push_back(scalar<&mr_endswith>("endswith", "endswith('Spark', 'rk') -> true"));
  rows.push_back(scalar<&mr_contains>("contains", "contains('Spark', 'par') -> true"));
  rows.push_back(scalar<&mr_find_in_set>("find_in_set", "find_in_set('b', 'a,b,c') -> 2"));
  rows.push_back(scalar<&mr_levenshtein>("levenshtein", "levenshtein('kitten', 'sitting') -> 3"));
  rows.push_back(scalar<&mr_soundex>("soundex", "soundex('Miller') -> M460"));
  rows.push_back(scalar<&mr_luhn_check>("luhn_check", "luhn_check('8112189876') -> true"));
}

void add_building(Rows& rows) {
  rows.push_back(scalar<&mr_concat>("concat", "concat('a', 1, 'b') -> a1b").variadic());
  rows.push_back(scalar<&mr_concat_ws>("concat_ws", "concat_ws('-', 'a', NULL, 'b') -> a-b").variadic());
  rows.push_back(scalar<&mr_lpad>("lpad", "lpad('hi', 5, 'ab') -> abahi"));
  rows.push_back(scalar<&mr_lpad_blanks>("lpad", "lpad('hi', 1) -> h"));
  rows.push_back(scalar<&mr_rpad>("rpad", "rpad('hi', 5, 'ab') -> hiaba"));
  rows.push_back(scalar<&mr_rpad_blanks>("rpad", "rpad('hi', 1) -> h"));
  // Where all that is given is BINARY; beside a STRING bytes are text.
  rows.push_back(scalar<&mr_lpad_bytes>("__lpad_bytes", "").takes(0, TypeKind::Binary).takes(2, TypeKind::Binary).returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_lpad_zeros>("__lpad_bytes", "").takes(0, TypeKind::Binary).returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_rpad_bytes>("__rpad_bytes", "").takes(0, TypeKind::Binary).takes(2, TypeKind::Binary).returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_rpad_zeros>("__rpad_bytes", "").takes(0, TypeKind::Binary).returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_repeat>("repeat", "repeat('ab', 2) -> abab"));
  rows.push_back(scalar<&mr_space>("space", "concat('a', space(2), 'b') -> a  b"));
  rows.push_back(scalar<&mr_replace>("replace", "replace('ABCabc', 'abc', 'DEF') -> ABCDEF"));
  rows.push_back(scalar<&mr_replace_nothing>("replace", "replace('ABCabc', 'abc') -> ABC"));
  rows.push_back(scalar<&mr_reverse>("reverse", "reverse('né') -> én"));
  rows.push_back(scalar<&mr_translate>("translate", "translate('AaBbCc', 'abc', '12') -> A1B2C"));
  rows.push_back(scalar<&mr_overlay>("overlay", "overlay('Spark SQL', 'ANSI ', 7, 0) -> Spark ANSI SQL"));
  rows.push_back(scalar<&mr_overlay_same_length>("overlay", "overlay('Spark SQL', '_', 6) -> Spark_SQL"));
  rows.push_back(scalar<&mr_ascii>("ascii", "ascii('Abc') -> 65"));
  for (const char* name : {"chr", "char"}) rows.push_back(scalar<&mr_chr>(name, "chr(65) -> A"));
  rows.push_back(scalar<&mr_format_number_int>("format_number", "format_number(1234567, 1) -> 1,234,567.0"));
  rows.push_back(scalar<&mr_format_number>("format_number", "format_number(12332.123456D, 4) -> 12,332.1235"));
}

}  // namespace

void add_string_functions(std::vector<ScalarFunction>& rows) {
  add_lengths(rows);
  add_letter_case(rows);
  add_parts(rows);
  add_searching(rows);
  add_building(rows);
}

}  // namespace millrace
