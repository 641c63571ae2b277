#pragma once

#include <vector>

#include "compiler/codegen/sql_value.h"
#include "runtime/abi/context.h"
#include "runtime/abi/nested.h"

/// ARRAY, MAP and STRUCT values in generated code: between runs of bytes (runtime/abi/nested.h) and values.
namespace millrace::sql {

/// Element `i` of a run whose elements (or whose field `i`) have type `type`. NULL when the run has no such element. A STRUCT is read from its
/// own run, field by field.
SqlValue load_element(Emitter& e, const SqlType& type, ir::Bytes run, ir::Int i);

/// A STRUCT from the run of its fields.
SqlValue struct_from_run(Emitter& e, const SqlType& type, ir::Bytes run, Bool null);

/// A nested value whose run a function has written; what it wrote is not looked at where `null` holds.
SqlValue from_run_ref(Emitter& e, const SqlType& type, ir::Pointer<const abi::StringRef> run, Bool null);

/// An ARRAY of these elements (all of its element's type), in scratch. NULL only when it would be too large.
SqlValue make_array(Emitter& e, ir::Pointer<abi::PipelineContext> context, const SqlType& type,
                    const std::vector<SqlValue>& elements);
/// A MAP of keys and values in turn. NULL when a key is.
SqlValue make_map(Emitter& e, ir::Pointer<abi::PipelineContext> context, const SqlType& type,
                  const std::vector<SqlValue>& entries);

/// A nested value as one run of bytes, which ARRAY and MAP are anyway. Keeps the NULL flag.
SqlValue as_run(Emitter& e, ir::Pointer<abi::PipelineContext> context, const SqlValue& v);

/// The value that a MAP has for a key, NULL without one.
SqlValue map_element(Emitter& e, ir::Pointer<abi::PipelineContext> context, const SqlValue& map, const SqlValue& key);

/// The values as an array of NestedItems on the stack.
ir::Pointer<const abi::NestedItem> items_of(Emitter& e, ir::Pointer<abi::PipelineContext> context,
                                            const std::vector<SqlValue>& values, bool outlive_step = false);
/// The value that an item of this type is.
SqlValue load_item(Emitter& e, const SqlType& type, ir::Pointer<const abi::NestedItem> item);
/// The value that an item of this type is; NULL where `null` holds, which is looked at before the item.
SqlValue from_item(Emitter& e, const SqlType& type, ir::Pointer<const abi::NestedItem> item, Bool null);

/// The type's code as a constant of the module.
ir::Pointer<const char> code_of(Emitter& e, const SqlType& type);

}  // namespace millrace::sql
