#pragma once

#include <vector>

#include "compiler/codegen/sql_value.h"

namespace millrace {

/// Equal keys hash alike.
ir::Word hash_of_keys(ir::Emitter& e, const std::vector<SqlValue>& keys);

/// A key with a NULL never matches; empty when none may be NULL.
ir::Bool any_key_null(ir::Emitter& e, const std::vector<SqlValue>& keys);

}  // namespace millrace
