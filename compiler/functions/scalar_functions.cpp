#include "compiler/functions/decimal_functions.h"
#include "compiler/functions/function_catalog.h"
#include "compiler/functions/json_functions.h"
#include "compiler/functions/scalar_registry.h"

namespace millrace {

namespace {

std::vector<ScalarFunction> build_scalar_registry() {
  constexpr size_t kRowsExpected = 400;
  std::vector<ScalarFunction> rows;
  rows.reserve(kRowsExpected);
  add_math_functions(rows);
  add_string_functions(rows);
  add_text_functions(rows);
  add_time_functions(rows);
  add_array_functions(rows);
  add_json_functions(rows);
  add_formatting_functions(rows);
  add_list_statistics(rows);
  add_decimal_functions(rows);
  return rows;
}

}  // namespace

const std::vector<ScalarFunction>& scalar_functions() {
  static const std::vector<ScalarFunction> registry = build_scalar_registry();
  return registry;
}

}  // namespace millrace
