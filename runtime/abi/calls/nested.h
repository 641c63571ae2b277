#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/nested.h"
#include "runtime/abi/string_ref.h"

/// Functions of ARRAY and MAP values (runtime/abi/nested.h). `code` is a type code (runtime/abi/type_code.h). Results lie in the context's scratch.
namespace millrace::abi {

extern "C" {

// runtime/functions/nested_builder.cpp
/// The run of these elements; false when it would be too large.
bool mr_nested_make(PipelineContext* ctx, const NestedItem* items, int64_t count, StringRef* out) noexcept;
/// A MAP of `count` entries, a key and a value each in turn. Of entries with one key the last wins, at the place of the first. False (NULL) also
/// when a key is NULL.
bool mr_map_make(PipelineContext* ctx, const NestedItem* entries, int64_t count, StringRef* out) noexcept;
// runtime/functions/nested_cast.cpp
/// A value of type `from` as one of type `to`: each part is cast by itself, and is NULL where it cannot be.
bool mr_nested_cast(PipelineContext* ctx, const StringRef* value, const char* from, const char* to, StringRef* out) noexcept;

// runtime/formats/nested_text.cpp
/// `[a, b]`, `{a, b}`, `{k -> v}`; NULL inside prints NULL.
bool mr_nested_to_string(PipelineContext* ctx, const StringRef* value, const char* code, StringRef* out) noexcept;
/// The same, appended to result rows.
void mr_out_text_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept;
/// As JSON: arrays, objects; a MAP is an object whose keys are the text of its keys.
void mr_out_json_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept;
/// The JSON text as a field of csv.
void mr_out_csv_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept;

}  // extern "C"

}  // namespace millrace::abi
