#include "compiler/functions/json_functions.h"

#include <algorithm>

#include "compiler/functions/function_catalog.h"
#include "compiler/functions/registry_row.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/csv_text.h"
#include "runtime/abi/calls/json.h"

namespace millrace {

using namespace abi;

namespace {

type_rule::Result any_nested(const type_rule::Types& arguments) {
  if (!arguments[0].is_nested()) return std::nullopt;
  return CallTypes{arguments, TypeKind::String};
}

/// A STRUCT and the separator, which the analyzer adds.
type_rule::Result record(const type_rule::Types& arguments) {
  if (!arguments[0].is(TypeKind::Struct)) return std::nullopt;
  return CallTypes{{arguments[0], TypeKind::String}, TypeKind::String};
}

}  // namespace

void add_json_functions(std::vector<ScalarFunction>& rows) {
  rows.push_back(packed<&mr_from_json>("from_json", "(STRING, 'a INT, b STRING') -> STRUCT, ARRAY or MAP", type_rule::of_analyzer, 2, 2,
                                       "from_json('{\"a\": 1}', 'a INT, b STRING') -> {1, NULL}"));
  rows.push_back(packed<&mr_to_json>("to_json", "(STRUCT, ARRAY or MAP) -> STRING", any_nested, 1, 1,
                                     "to_json(array(1, NULL, 3)) -> [1,null,3]"));
  rows.push_back(scalar<&mr_get_json_object>("get_json_object", "get_json_object('{\"a\": [1, {\"b\": \"x\"}]}', '$.a[1].b') -> x"));
  rows.push_back(scalar<&mr_json_array_length>("json_array_length", "json_array_length('[1, [2, 3]]') -> 2"));
  rows.push_back(scalar<&mr_json_object_keys>("json_object_keys", "json_object_keys('{\"a\": 1, \"b\": {}}') -> [a, b]")
                     .returns(SqlType::array(TypeKind::String)));
  rows.push_back(scalar<&mr_schema_of_json>("schema_of_json", "schema_of_json('{\"a\": [1]}') -> STRUCT<a: ARRAY<BIGINT>>"));
  rows.push_back(packed<&mr_from_csv>("from_csv", "(STRING, 'a INT, b STRING' [, map('sep', '|')]) -> STRUCT", type_rule::of_analyzer, 2, 3,
                                      "from_csv('1,x', 'a INT, b STRING') -> {1, x}"));
  rows.push_back(packed<&mr_to_csv>("to_csv", "(STRUCT [, map('sep', '|')]) -> STRING", record, 1, 2, "to_csv(named_struct('a', 1, 'b', 'x')) -> 1,x"));
  rows.push_back(scalar<&mr_schema_of_csv>("schema_of_csv", "schema_of_csv('1,x') -> STRUCT<_c0: INT, _c1: STRING>"));
}

const ScalarFunction& record_function(std::string_view name) {
  const std::vector<ScalarFunction>& rows = scalar_functions();
  return *std::find_if(rows.begin(), rows.end(), [&](const ScalarFunction& f) { return f.name == name; });
}

}  // namespace millrace
