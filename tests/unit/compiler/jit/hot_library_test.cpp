#include "compiler/jit/hot_library.h"

#include <catch2/catch.hpp>

#include "compiler/jit/ir_dump.h"
#include "compiler/jit/jit.h"
#include "runtime/hot/aggregates/sum.h"
#include "tests/unit/compiler/jit/ir_samples.h"

namespace millrace {

namespace {

QueryModule hot_sum() { return ir_samples::sum_loop("mr_sum_int_add", reinterpret_cast<void*>(&abi::mr_sum_int_add)); }

}  // namespace

TEST_CASE("After optimisation a sum loop calls no function any more") {
  if (!has_hot_library()) return;
  const QueryModule query = hot_sum();
  CHECK_THAT(print_ir(query, Tier::Fast), Catch::Contains("call void @mr_sum_int_add"));
  const std::string optimised = print_ir(query, Tier::Optimised);
  INFO(optimised);
  CHECK(optimised.find("mr_sum_int_add") == std::string::npos);
  CHECK(optimised.find("call ") == std::string::npos);
}

TEST_CASE("Only what a query needs is brought in") {
  if (!has_hot_library()) return;
  QueryModule query = hot_sum();
  REQUIRE(llvm::toString(link_hot_library(*query.module)).empty());
  for (const llvm::Function& function : *query.module) {
    if (!function.isDeclaration()) CHECK((function.getName() == "total" || function.getName() == "mr_sum_int_add"));
  }
}

TEST_CASE("Bodies come without the attributes that would keep them from being inlined") {
  if (!has_hot_library()) return;
  QueryModule query = hot_sum();
  REQUIRE(llvm::toString(link_hot_library(*query.module)).empty());
  const llvm::Function& add = *query.module->getFunction("mr_sum_int_add");
  CHECK_FALSE(add.hasFnAttribute("target-cpu"));
  CHECK_FALSE(add.hasFnAttribute("target-features"));
  CHECK_FALSE(add.hasFnAttribute("tune-cpu"));
  CHECK_FALSE(add.hasFnAttribute("no-builtins"));
}

TEST_CASE("Both tiers of a sum loop give the same sum") {
  const int64_t values[] = {1, 20, 300, 4000};
  for (const Tier tier : {Tier::Fast, Tier::Optimised}) {
    Jit jit({.first = tier});
    const auto code = jit.compile(hot_sum());
    CHECK(reinterpret_cast<int64_t (*)(const int64_t*, int64_t)>(code->entry[0].load())(values, 4) == 4321);
  }
}

}  // namespace millrace
