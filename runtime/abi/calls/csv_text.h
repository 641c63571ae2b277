#pragma once

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/sql_values.h"

/// Records of csv and schemas as texts. Bodies in runtime/formats.
namespace millrace::abi {

extern "C" {

// from_csv.cpp
/// (text, separator): the record as the STRUCT of the result's type, read as a source reads one. Fields that are missing or do not fit are NULL.
PackedFunction mr_from_csv;

// nested_text.cpp
/// (STRUCT, separator): its fields as a record; a NULL is no character, an empty text `""`.
PackedFunction mr_to_csv;

// schema_text.cpp
/// The schema of a record, `STRUCT<_c0: INT, _c1: STRING>`, and of a JSON text, `STRUCT<a: BIGINT>`, false for what is none. Borrowed until this
/// thread's next call.
bool mr_csv_schema_text(const StringRef* csv, const StringRef* separator, StringRef* out) noexcept;
bool mr_json_schema_text(const StringRef* json, StringRef* out) noexcept;
/// Of a record and a separator, with the types that a source without declared columns infers.
bool mr_schema_of_csv(PipelineContext* ctx, const StringRef* csv, const StringRef* separator, StringRef* out) noexcept;
/// NULL for what is no JSON.
bool mr_schema_of_json(PipelineContext* ctx, const StringRef* json, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
