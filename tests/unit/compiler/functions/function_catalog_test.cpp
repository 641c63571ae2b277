#include "compiler/functions/function_catalog.h"

#include <catch2/catch.hpp>
#include <set>

using namespace millrace;

TEST_CASE("the cheapest overload is chosen") {
  CHECK(bind_scalar("ABS", {TypeKind::Int}).overload.result.is(TypeKind::Int));
  CHECK(bind_scalar("abs", {TypeKind::BigInt}).overload.result.is(TypeKind::BigInt));
  CHECK(bind_scalar("abs", {TypeKind::Float}).overload.result.is(TypeKind::Float));
  CHECK(bind_scalar("abs", {TypeKind::String}).overload.result.is(TypeKind::Double));
  CHECK(bind_scalar("ceil", {TypeKind::Int}).overload.argument_types[0].is(TypeKind::BigInt));
  CHECK(bind_scalar("ceil", {SqlType::decimal(3, 1)}).overload.argument_types[0].is(TypeKind::Double));
  CHECK(bind_scalar("pmod", {TypeKind::Int, TypeKind::Int}).overload.result.is(TypeKind::Int));
  CHECK(bind_scalar("mod", {TypeKind::Int, TypeKind::BigInt}).overload.result.is(TypeKind::BigInt));
  CHECK(bind_scalar("sqrt", {TypeKind::Int}).overload.argument_types[0].is(TypeKind::Double));
  CHECK(bind_scalar("upper", {TypeKind::Int}).overload.argument_types[0].is(TypeKind::String));
}

TEST_CASE("aggregates keep their argument's type where it matters") {
  CHECK(bind_aggregate("sum", {TypeKind::SmallInt}).overload.result.is(TypeKind::BigInt));
  CHECK(bind_aggregate("sum", {TypeKind::Float}).overload.result.is(TypeKind::Double));
  CHECK(bind_aggregate("avg", {TypeKind::BigInt}).overload.result.is(TypeKind::Double));
  CHECK(bind_aggregate("min", {TypeKind::Timestamp}).overload.result.is(TypeKind::Timestamp));
  CHECK(bind_aggregate("min", {TypeKind::TinyInt}).overload.result.is(TypeKind::TinyInt));
  CHECK(bind_aggregate("max", {TypeKind::Float}).overload.result.is(TypeKind::Float));
  CHECK(bind_aggregate("max", {TypeKind::String}).overload.result.is(TypeKind::String));
  CHECK(bind_aggregate("max", {TypeKind::Boolean}).overload.result.is(TypeKind::Boolean));
  CHECK(bind_aggregate("bit_or", {TypeKind::SmallInt}).overload.result.is(TypeKind::SmallInt));
  CHECK(bind_aggregate("count", {}).overload.function->parameters.empty());
  CHECK(bind_aggregate("count", {TypeKind::String}).overload.argument_types[0].is(TypeKind::String));
}

TEST_CASE("a call that binds to nothing says what there is") {
  CHECK(bind_scalar("uper", {TypeKind::String}).failure == BindFailure::UnknownName);
  CHECK(bind_scalar("uper", {TypeKind::String}).hint == "did you mean 'upper'?");
  CHECK(bind_scalar("pow", {TypeKind::Int}).failure == BindFailure::WrongArgumentCount);
  CHECK(bind_scalar("pow", {TypeKind::Int}).hint == "it takes pow(DOUBLE, DOUBLE)");
  CHECK(bind_aggregate("sum", {TypeKind::Date}).failure == BindFailure::WrongArgumentTypes);
  CHECK(bind_aggregate("sum", {TypeKind::Date}).hint ==
        "it takes sum(BIGINT) or sum(DOUBLE) or sum(DECIMAL) or sum(INTERVAL DAY TO SECOND) or sum(INTERVAL YEAR TO MONTH)");
}

TEST_CASE("every row of the registries is complete") {
  for (const ScalarFunction& f : scalar_functions()) {
    INFO(f.name);
    CHECK(f.native.address != nullptr);
    CHECK(f.native.symbol.starts_with("mr_"));
    CHECK((f.example.find(" -> ") != std::string_view::npos || f.name.starts_with("__")));
  }
  for (const AggregateFunction& f : aggregate_functions()) {
    INFO(f.name);
    CHECK(f.state_size % 8 == 0);
    CHECK(f.add.address != nullptr);
    CHECK(f.example.find(" -> ") != std::string_view::npos);
  }
}
