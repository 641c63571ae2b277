#pragma once

#include <string>

#include "compiler/types/sql_type.h"

namespace millrace {

/// The type as functions of the runtime are told it (runtime/abi/type_code.h). Throws nothing.
std::string type_code(const SqlType& type);

}  // namespace millrace
