#include <cstring>

#include "runtime/abi/calls/json.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/type_code.h"
#include "runtime/formats/json_nested.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/readable_copy.h"
#include "runtime/formats/utf8_check.h"
#include "runtime/functions/elements.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {
namespace {

bool struct_of_nulls(PipelineContext* ctx, const char* code, StringRef* out) {
  NestedBuilder fields(ctx);
  for (uint32_t i = 0; i < struct_field_count(code); ++i) fields.add_null();
  return fields.finish(out);
}

/// An object where an array of structs is wanted is an array of it, as in Spark.
bool wrap_object(PipelineContext* ctx, const char* p, const char* end, const char* code, const char** rest, StringRef* out) {
  StringRef object;
  if (read_json_nested(ctx, p, end, element_code(code), rest, &object) != JsonOutcome::Value) return false;
  NestedBuilder elements(ctx);
  elements.add_run(object);
  return elements.finish(out);
}

bool read_whole(PipelineContext* ctx, const char* p, const char* end, const char* code, StringRef* out) {
  const char* rest = p;
  const bool wraps = *p == '{' && type_of(code) == TypeCode::Array && type_of(element_code(code)) == TypeCode::Struct;
  const bool read = wraps ? wrap_object(ctx, p, end, code, &rest, out)
                          : read_json_nested(ctx, p, end, code, &rest, out) == JsonOutcome::Value;
  return read && skip_json_blanks(rest, end) == end;
}

}  // namespace

extern "C" {

bool mr_from_json(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const char* code = call.code(count);
  const StringRef text = call.text(0);
  const char* first = skip_json_blanks(text.data, text.data + text.size);
  const int64_t size = text.data + text.size - first;
  if (size == 0) return false;
  const char* copy = readable_copy(ctx, {first, size}).data;
  const std::string_view json(copy, static_cast<size_t>(size));
  StringRef run;
  const bool read = is_strict_json(json) && is_utf8(json) && read_whole(ctx, copy, copy + size, code, &run);
  if (!read && (type_of(code) != TypeCode::Struct || !struct_of_nulls(ctx, code, &run))) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
