#include "compiler/functions/struct_functions.h"

#include "compiler/functions/registry_row.h"
#include "runtime/abi/calls/struct_fields.h"

namespace millrace {

namespace {

/// The analyzer alone calls it and knows the types.
std::optional<CallTypes> no_types(const std::vector<SqlType>&) { return std::nullopt; }

}  // namespace

const ScalarFunction& field_of_each_function() {
  static const ScalarFunction function =
      packed<&abi::mr_field_of_each>("field_of_each", "(ARRAY<STRUCT>, BIGINT) -> ARRAY", no_types, 2, 2, "");
  return function;
}

}  // namespace millrace
