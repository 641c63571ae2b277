#include "compiler/expr/native_call.h"

#include <catch2/catch.hpp>

#include "runtime/abi/string_ref.h"

using namespace millrace;
using expr::Value;

namespace {

double weighted(double a, int64_t n, double b, bool twice) {
  return (a + static_cast<double>(n) * b) * (twice ? 2 : 1);
}
bool positive_or_null(int64_t a, int64_t* out) {
  *out = a;
  return a > 0;
}
void first_of(const abi::StringRef* separator, const abi::StringRef* tail, int64_t count, abi::StringRef* out) {
  *out = *separator;
  for (int64_t i = count; i-- > 0;) {
    if (tail[i].data) *out = tail[i];
  }
}

template <class Fn>
NativeFunction native(Fn* fn, MachineType result) {
  return {.symbol = "test", .address = reinterpret_cast<void*>(fn), .result = result, .parameters = {}};
}

}  // namespace

TEST_CASE("integers, booleans and doubles reach a native function in their order") {
  const NativeFunction fn = native(&weighted, MachineType::Double);
  const std::vector<Value> arguments{{1.5}, {int64_t{3}}, {2.0}, {true}};
  const auto result = expr::call_native({.native = &fn}, arguments, TypeKind::Double, nullptr);
  REQUIRE(result);
  CHECK(std::get<double>(result->data) == 15.0);
}

TEST_CASE("a native function may say NULL, and is not called with one") {
  const NativeFunction fn = native(&positive_or_null, MachineType::Bool);
  const expr::NativeCall call{.native = &fn, .form = ResultForm::Nullable};
  const std::vector<Value> negative{{int64_t{-1}}}, positive{{int64_t{5}}}, null{{}};
  CHECK(expr::call_native(call, negative, TypeKind::BigInt, nullptr)->is_null());
  CHECK(expr::call_native(call, null, TypeKind::BigInt, nullptr)->is_null());
  CHECK(std::get<int64_t>(expr::call_native(call, positive, TypeKind::BigInt, nullptr)->data) == 5);
}

TEST_CASE("a variadic tail arrives as an array in which NULL has no bytes") {
  const NativeFunction fn = native(&first_of, MachineType::Void);
  const expr::NativeCall call{.native = &fn, .form = ResultForm::Out, .variadic_from = 1};
  const std::vector<Value> arguments{{std::string(",")}, {}, {std::string("b")}, {std::string("c")}};
  CHECK(std::get<std::string>(expr::call_native(call, arguments, TypeKind::String, nullptr)->data) == "b");
}

TEST_CASE("without a context a function that needs one is not called") {
  const NativeFunction fn = native(&positive_or_null, MachineType::Bool);
  const expr::NativeCall call{.native = &fn, .form = ResultForm::Nullable, .takes_context = true};
  CHECK_FALSE(expr::call_native(call, std::vector<Value>{{int64_t{1}}}, TypeKind::BigInt, nullptr));
}
