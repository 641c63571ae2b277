#include "compiler/functions/struct_functions.h"

#include "compiler/functions/registry_row.h"
#include "compiler/functions/type_rules.h"
#include "runtime/abi/calls/struct_fields.h"

namespace millrace {

const ScalarFunction& field_of_each_function() {
  static const ScalarFunction function =
      packed<&abi::mr_field_of_each>("field_of_each", "(ARRAY<STRUCT>, BIGINT) -> ARRAY", type_rule::of_analyzer, 2, 2, "");
  return function;
}

}  // namespace millrace
