#include <new>
#include <type_traits>

#include "runtime/abi/calls/arrays.h"
#include "runtime/functions/nested_builder.h"

namespace millrace::abi {

struct ItemList {
  NestedBuilder builder;
};
static_assert(std::is_trivially_destructible_v<ItemList>, "scratch is given back without a destructor's call");

extern "C" {

ItemList* mr_list_begin(PipelineContext* ctx) noexcept {
  return new (mr_scratch(ctx, sizeof(ItemList))) ItemList{NestedBuilder(ctx)};
}

void mr_list_add(ItemList* list, const NestedItem* item) noexcept { list->builder.add(*item); }

bool mr_list_finish(ItemList* list, StringRef* out) noexcept { return list->builder.finish(out); }

}  // extern "C"

}  // namespace millrace::abi
