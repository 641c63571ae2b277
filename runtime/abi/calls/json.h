#pragma once

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/sql_values.h"

/// Functions of JSON texts. Bodies in runtime/formats.
namespace millrace::abi {

extern "C" {

// json_read.cpp
/// Reads a field of a record as an ARRAY, MAP or STRUCT, of which `code` is the type code; the run lies in scratch. `p` and the result as in
/// runtime/hot/json.h.
int32_t mr_json_read_nested(PipelineContext* ctx, const char* p, const char* end, const char* code, StringRef* out) noexcept;

// from_json.cpp
/// The JSON text as a value of the result's type, strictly read to its last byte. NULL for a blank text and for what is no JSON of the type; of that
/// a STRUCT becomes one of NULLs, as in Spark.
PackedFunction mr_from_json;

// nested_text.cpp
PackedFunction mr_to_json;  ///< of a nested value; fields of a STRUCT that are NULL are left out, as Spark does

// json_path.cpp
/// What a path such as `$.a[0].b`, `$['a'].*`, `$.a[*].b` leads to: a string's text, of all else the JSON text without blanks. Of a path with `*`
/// the only value, or an array of the values. NULL when there is none, and for a text or path that is malformed.
bool mr_get_json_object(PipelineContext* ctx, const StringRef* json, const StringRef* path, StringRef* out) noexcept;
/// NULL unless it is an array.
bool mr_json_array_length(PipelineContext* ctx, const StringRef* json, SqlInt* out) noexcept;
/// The keys of an object, an ARRAY<STRING>; NULL unless it is one.
bool mr_json_object_keys(PipelineContext* ctx, const StringRef* json, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
