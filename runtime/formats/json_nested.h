#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/string_ref.h"

namespace millrace {

/// What reading a JSON value as one of a SQL type gave.
enum class JsonOutcome : uint8_t {
  Value,
  Null,       ///< JSON's null
  WrongType,  ///< a value of another type
  Malformed,  ///< no JSON
};

/// Reads the value at `p` (blanks before it are skipped) as an ARRAY, MAP or STRUCT, of which `code` is the type code; `*rest` is the byte after it.
/// The result, in the context's scratch, is a run (runtime/abi/nested.h). Everything is matched as Spark's parser matches it: of a STRUCT a field of
/// the wrong type is NULL and the others stay; an ARRAY or MAP with an element of the wrong type is of the wrong type itself; names are
/// exact, other keys are passed over, of two equal keys the last wins. Objects and arrays that nobody asked for are only balanced. 64 bytes behind `end`
/// are readable.
JsonOutcome read_json_nested(abi::PipelineContext* context, const char* p, const char* end, const char* code, const char** rest,
                             abi::StringRef* out);

}  // namespace millrace
