#include "compiler/functions/native_function.h"

#include <catch2/catch.hpp>

#include "compiler/functions/registry_row.h"

using namespace millrace;

extern "C" {
inline bool mr_probe_nullable(abi::PipelineContext*, const abi::StringRef*, abi::SqlInt, double, abi::SqlDate* out) noexcept {
  *out = abi::SqlDate{1};
  return true;
}
inline void mr_probe_out(const abi::StringRef* s, abi::StringRef* out) noexcept { *out = *s; }
inline bool mr_probe_predicate(int64_t, bool x) noexcept { return x; }
inline void mr_probe_variadic(abi::PipelineContext*, const abi::StringRef*, const abi::StringRef*, int64_t, abi::StringRef*) noexcept {}
}

namespace {
struct ProbeState {
  int64_t a;
  double b;
};
}  // namespace
extern "C" {
inline void mr_probe_add(abi::GroupTable*, ProbeState*, const abi::StringRef*, abi::Sequence) noexcept {}
inline void mr_probe_merge(abi::GroupTable*, ProbeState*, const ProbeState*) noexcept {}
inline void mr_probe_result(const ProbeState*, abi::StringRef*) noexcept {}
}

TEST_CASE("a prototype gives the symbol, the machine types and the address") {
  const NativeFunction f = native_function<&mr_probe_nullable>();
  CHECK(f.symbol == "mr_probe_nullable");
  CHECK(f.address == reinterpret_cast<void*>(&mr_probe_nullable));
  CHECK(f.result == MachineType::Bool);
  CHECK(f.parameters == std::vector{MachineType::Pointer, MachineType::Pointer, MachineType::Int64, MachineType::Double, MachineType::Pointer});
}

TEST_CASE("a prototype gives the SQL signature") {
  const ScalarRow nullable = scalar<&mr_probe_nullable>("probe", "");
  CHECK(nullable.takes_context);
  CHECK(nullable.form == ResultForm::Nullable);
  CHECK(nullable.result.is(TypeKind::Date));
  REQUIRE(nullable.parameters.size() == 3);
  CHECK(nullable.parameters[0].type.is(TypeKind::String));
  CHECK(nullable.parameters[1].type.is(TypeKind::Int));
  CHECK(nullable.parameters[2].type.is(TypeKind::Double));

  const ScalarRow out = scalar<&mr_probe_out>("probe", "");
  CHECK(out.form == ResultForm::Out);
  CHECK(!out.takes_context);
  CHECK(out.result.is(TypeKind::String));

  const ScalarRow predicate = scalar<&mr_probe_predicate>("probe", "");
  CHECK(predicate.form == ResultForm::Value);
  CHECK(predicate.result.is(TypeKind::Boolean));
  CHECK(predicate.parameters.size() == 2);

  const ScalarRow tail = scalar<&mr_probe_variadic>("probe", "").variadic();
  CHECK(tail.variadic_strings);
  CHECK(tail.parameters.size() == 1);
}

TEST_CASE("three prototypes give an aggregate's state and signature") {
  const AggregateRow row = aggregate<&mr_probe_add, &mr_probe_merge, &mr_probe_result>("probe", "");
  CHECK(row.state_size == sizeof(ProbeState));
  CHECK(row.takes_table);
  CHECK(row.takes_sequence);
  CHECK(row.form == ResultForm::Out);
  CHECK(row.result.is(TypeKind::String));
  REQUIRE(row.parameters.size() == 1);
  CHECK(row.parameters[0].type.is(TypeKind::String));
}
