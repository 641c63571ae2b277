#pragma once

#include "compiler/functions/signature.h"

namespace millrace {

/// What `a.f` of an ARRAY of STRUCTs is a call of: of the array and the field's position, a BIGINT; gives the ARRAY of the field's values.
const ScalarFunction& field_of_each_function();

}  // namespace millrace
