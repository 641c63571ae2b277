#include "compiler/functions/cast_functions.h"

#include "compiler/functions/registry_row.h"
#include "runtime/abi/calls/casts.h"
#include "runtime/hot/cast.h"

namespace millrace {

using namespace abi;

namespace {

template <auto Fn>
NativeCast cast(TypeKind from, TypeKind to) {
  constexpr native::ScalarShape shape = native::ScalarType<decltype(Fn)>::shape();
  static_assert(shape.arguments.size() == 1);
  return {from, to, shape.form, shape.takes_context, native_function<Fn>()};
}

constexpr TypeKind kIntegers[] = {TypeKind::TinyInt, TypeKind::SmallInt, TypeKind::Int, TypeKind::BigInt};

void add_from_string(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  casts.push_back(cast<&mr_cast_string_to_boolean>(String, Boolean));
  casts.push_back(cast<&mr_cast_string_to_tinyint>(String, TinyInt));
  casts.push_back(cast<&mr_cast_string_to_smallint>(String, SmallInt));
  casts.push_back(cast<&mr_cast_string_to_int>(String, Int));
  casts.push_back(cast<&mr_cast_string_to_bigint>(String, BigInt));
  casts.push_back(cast<&mr_cast_string_to_float>(String, Float));
  casts.push_back(cast<&mr_cast_string_to_double>(String, Double));
  casts.push_back(cast<&mr_cast_string_to_date>(String, Date));
  casts.push_back(cast<&mr_cast_string_to_timestamp>(String, Timestamp));
}

void add_to_string(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  casts.push_back(cast<&mr_cast_boolean_to_string>(Boolean, String));
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_bigint_to_string>(integer, String));
  casts.push_back(cast<&mr_cast_float_to_string>(Float, String));
  casts.push_back(cast<&mr_cast_double_to_string>(Double, String));
  casts.push_back(cast<&mr_cast_date_to_string>(Date, String));
  casts.push_back(cast<&mr_cast_timestamp_to_string>(Timestamp, String));
}

void add_from_floating(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  for (TypeKind from : {Float, Double}) {
    casts.push_back(cast<&mr_cast_double_to_tinyint>(from, TinyInt));
    casts.push_back(cast<&mr_cast_double_to_smallint>(from, SmallInt));
    casts.push_back(cast<&mr_cast_double_to_int>(from, Int));
    casts.push_back(cast<&mr_cast_double_to_bigint>(from, BigInt));
    casts.push_back(cast<&mr_cast_double_to_timestamp>(from, Timestamp));
  }
}

void add_times(std::vector<NativeCast>& casts) {
  using enum TypeKind;
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_bigint_to_timestamp>(integer, Timestamp));
  casts.push_back(cast<&mr_cast_boolean_to_timestamp>(Boolean, Timestamp));
  casts.push_back(cast<&mr_cast_timestamp_to_tinyint>(Timestamp, TinyInt));
  casts.push_back(cast<&mr_cast_timestamp_to_smallint>(Timestamp, SmallInt));
  casts.push_back(cast<&mr_cast_timestamp_to_int>(Timestamp, Int));
  casts.push_back(cast<&mr_cast_timestamp_to_bigint>(Timestamp, BigInt));
  casts.push_back(cast<&mr_cast_timestamp_to_double>(Timestamp, Double));
  casts.push_back(cast<&mr_cast_timestamp_to_float>(Timestamp, Float));
  casts.push_back(cast<&mr_cast_timestamp_to_boolean>(Timestamp, Boolean));
  casts.push_back(cast<&mr_cast_timestamp_to_date>(Timestamp, Date));
  casts.push_back(cast<&mr_cast_date_to_timestamp>(Date, Timestamp));
  for (TypeKind integer : kIntegers) casts.push_back(cast<&mr_cast_date_to_bigint>(Date, integer));
  for (TypeKind floating : {Float, Double}) casts.push_back(cast<&mr_cast_date_to_double>(Date, floating));
  casts.push_back(cast<&mr_cast_date_to_boolean>(Date, Boolean));
}

std::vector<NativeCast> build_table() {
  std::vector<NativeCast> casts;
  add_from_string(casts);
  add_to_string(casts);
  add_from_floating(casts);
  add_times(casts);
  return casts;
}

}  // namespace

const NativeCast* find_cast(TypeKind from, TypeKind to) {
  static const std::vector<NativeCast> table = build_table();
  for (const NativeCast& one : table) {
    if (one.from == from && one.to == to) return &one;
  }
  return nullptr;
}

}  // namespace millrace
