#pragma once

#include <functional>

#include "compiler/codegen/sql_value.h"
#include "compiler/pipeline/tuple_layout.h"

namespace millrace {

/// Copies a string's bytes to where they outlive the block: the arena of the state that keeps the tuple.
using KeepBytes = std::function<ir::Bytes(ir::Bytes data, ir::Int size)>;

/// Reads a field of a tuple.
SqlValue load_field(ir::Emitter& e, ir::Pointer<const char> tuple, const pipeline::FieldLayout& field);
/// Writes a field of a tuple; strings are copied by `keep`.
void store_field(ir::Emitter& e, ir::Pointer<char> tuple, const pipeline::FieldLayout& field, const SqlValue& v,
                 const KeepBytes& keep);

}  // namespace millrace
