#include "runtime/abi/calls/struct_fields.h"

#include "runtime/functions/elements.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {

extern "C" {

bool mr_field_of_each(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null()) return false;
  const Elements structs = call.array(0);
  const int64_t field = call[1].word;
  const char* place = first_field(structs.code());
  for (int64_t i = 0; i < field; ++i) place = next_field(place);
  const TypeCode type = type_of(field_code(place));
  NestedBuilder values(ctx);
  for (int64_t i = 0; i < structs.count(); ++i) {
    const NestedItem element = structs[i];
    if (is_null(element)) values.add_null();
    else values.add_element(element.data, field, type);
  }
  StringRef run;
  if (!values.finish(&run)) return false;
  *out = {NestedItem::Kind::Run, run.size, run.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
