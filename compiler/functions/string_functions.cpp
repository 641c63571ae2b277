#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "runtime/abi/calls/strings.h"
#include "runtime/hot/strings.h"

namespace millrace {

using namespace abi;

namespace {

void add_lengths(std::vector<ScalarFunction>& rows) {
  for (const char* name : {"length", "char_length", "character_length", "len"}) {
    rows.push_back(scalar<&mr_char_length>(name, "length('né') -> 2"));
    rows.push_back(scalar<&mr_octet_length>(name, "length(x'1F20') -> 2").takes(0, TypeKind::Binary));
  }
  rows.push_back(scalar<&mr_octet_length>("octet_length", "octet_length('né') -> 3"));
  rows.push_back(scalar<&mr_octet_length>("octet_length", "octet_length(x'1F') -> 1").takes(0, TypeKind::Binary));
  rows.push_back(scalar<&mr_bit_length>("bit_length", "bit_length('né') -> 24"));
  rows.push_back(scalar<&mr_bit_length>("bit_length", "bit_length(x'1F') -> 8").takes(0, TypeKind::Binary));
}

void add_letter_case(std::vector<ScalarFunction>& rows) {
  for (const char* name : {"upper", "ucase"}) rows.push_back(scalar<&mr_upper>(name, "upper('né') -> NÉ"));
  for (const char* name : {"lower", "lcase"}) rows.push_back(scalar<&mr_lower>(name, "lower('NÉ') -> né"));
  rows.push_back(scalar<&mr_initcap>("initcap", "initcap('sPARK sql') -> Spark Sql"));
}

}  // namespace

void add_string_functions(std::vector<ScalarFunction>& rows) {
  add_lengths(rows);
  add_letter_case(rows);
}

}  // namespace millrace
