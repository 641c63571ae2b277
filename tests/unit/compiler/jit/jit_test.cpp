#include "compiler/jit/jit.h"

#include <array>
#include <fstream>

#include <catch2/catch.hpp>

#include "compiler/jit/ir_dump.h"
#include "tests/unit/compiler/jit/ir_samples.h"

namespace millrace {

namespace {

extern "C" void test_add(int64_t* sum, int64_t value) noexcept { *sum += value; }

using Total = int64_t (*)(const int64_t*, int64_t);
constexpr std::array<int64_t, 4> kValues = {1, 20, 300, 4000};

QueryModule test_sum() { return ir_samples::sum_loop("test_add", reinterpret_cast<void*>(&test_add)); }

int64_t call_total(const abi::CompiledCode& code) {
  return reinterpret_cast<Total>(code.entry[0].load())(kValues.data(), kValues.size());
}

}  // namespace

TEST_CASE("The first tier calls native functions") {
  Jit jit;
  const auto code = jit.compile(test_sum());
  CHECK(call_total(*code) == 4321);
  CHECK(code->fast_us > 0);
  CHECK(code->optimised_us == 0);
}

TEST_CASE("The optimised tier replaces the first when it is asked for") {
  Jit jit;
  const auto code = jit.compile(test_sum());
  void* const first = code->entry[0].load();
  code->request_optimised();
  code->request_optimised();
  jit.wait_until_optimised();
  CHECK(code->entry[0].load() != first);
  CHECK(code->optimised_us > 0);
  CHECK(call_total(*code) == 4321);
  CHECK(reinterpret_cast<Total>(first)(kValues.data(), kValues.size()) == 4321);
}

TEST_CASE("A query may begin in the optimised tier") {
  Jit jit({.first = Tier::Optimised});
  const auto code = jit.compile(test_sum());
  CHECK(call_total(*code) == 4321);
  CHECK_FALSE(code->request_optimised);
}

TEST_CASE("Without a second tier there is nothing to request") {
  Jit jit({.optimise_in_background = false});
  const auto code = jit.compile(test_sum());
  CHECK(call_total(*code) == 4321);
  CHECK_FALSE(code->request_optimised);
}

TEST_CASE("Two queries may use the same function names") {
  Jit jit;
  const auto one = jit.compile(ir_samples::parse("define i64 @f() { ret i64 1 }", {"f"}));
  const auto two = jit.compile(ir_samples::parse("define i64 @f() { ret i64 2 }", {"f"}));
  CHECK(reinterpret_cast<int64_t (*)()>(one->entry[0].load())() == 1);
  CHECK(reinterpret_cast<int64_t (*)()>(two->entry[0].load())() == 2);
}

TEST_CASE("Code outlives the Jit that made it") {
  std::shared_ptr<abi::CompiledCode> code;
  {
    Jit jit;
    code = jit.compile(test_sum());
  }
  CHECK(call_total(*code) == 4321);
  code->request_optimised();
  CHECK(call_total(*code) == 4321);
}

TEST_CASE("A query that ends while its second tier waits is forgotten") {
  Jit jit;
  for (int i = 0; i < 5; ++i) jit.compile(test_sum())->request_optimised();
  jit.wait_until_optimised();
}

TEST_CASE("Entries keep their order, other functions stay inside") {
  Jit jit;
  const auto code = jit.compile(ir_samples::parse(R"(
define i64 @inner() { ret i64 7 }
define i64 @second() { %x = call i64 @inner()
  ret i64 %x }
define i64 @first() { ret i64 1 })", {"first", "second"}));
  CHECK(reinterpret_cast<int64_t (*)()>(code->entry[0].load())() == 1);
  CHECK(reinterpret_cast<int64_t (*)()>(code->entry[1].load())() == 7);
}

TEST_CASE("Row loops and other entries are optimised in parts, each in its place") {
  Jit jit;
  QueryModule query = ir_samples::parse(R"(
@text = private constant i64 5
define internal i64 @shared() { %x = load i64, ptr @text
  ret i64 %x }
define i64 @emit() { %x = call i64 @shared()
  %y = mul i64 %x, 2
  ret i64 %y }
define i64 @loop() { %x = call i64 @shared()
  ret i64 %x })", {"emit", "loop"});
  query.row_loops = {1};
  const auto code = jit.compile(std::move(query));
  void* const first[] = {code->entry[0].load(), code->entry[1].load()};
  code->request_optimised();
  jit.wait_until_optimised();
  for (const int i : {0, 1}) CHECK(code->entry[i].load() != first[i]);
  CHECK(reinterpret_cast<int64_t (*)()>(code->entry[0].load())() == 10);
  CHECK(reinterpret_cast<int64_t (*)()>(code->entry[1].load())() == 5);
}

TEST_CASE("Calls that LLVM makes itself find the process's libraries") {
  const char* text = R"(
define double @modulo(double %x, double %y) { %r = frem double %x, %y
  ret double %r }
define i128 @divide(i128 %x, i128 %y) { %r = sdiv i128 %x, %y
  ret i128 %r })";
  for (const Tier tier : {Tier::Fast, Tier::Optimised}) {
    Jit jit({.first = tier});
    const auto code = jit.compile(ir_samples::parse(text, {"modulo", "divide"}));
    CHECK(reinterpret_cast<double (*)(double, double)>(code->entry[0].load())(7.5, 2) == 1.5);
    __extension__ using Wide = __int128;
    CHECK(static_cast<int64_t>(reinterpret_cast<Wide (*)(Wide, Wide)>(code->entry[1].load())(-21, 4)) == -5);
  }
}

TEST_CASE("A function that is nowhere is named in the error") {
  Jit jit;
  auto query = ir_samples::parse("declare void @nobody()\ndefine void @f() { call void @nobody()\n ret void }", {"f"});
  CHECK_THROWS_WITH(jit.compile(std::move(query)), Catch::Contains("nobody"));
}

TEST_CASE("Machine code is never writable and executable at once") {
  Jit jit;
  const auto code = jit.compile(test_sum());
  code->request_optimised();
  jit.wait_until_optimised();
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    INFO(line);
    CHECK(line.find("rwx") == std::string::npos);
  }
}

TEST_CASE("Shutdown drops what waits and may come twice") {
  Jit jit;
  const auto code = jit.compile(test_sum());
  CHECK(jit.shutdown());
  code->request_optimised();
  CHECK(jit.shutdown());
  CHECK(call_total(*code) == 4321);
}

TEST_CASE("IR and assembly of both tiers can be printed") {
  const QueryModule query = test_sum();
  CHECK_THAT(print_ir(query, Tier::Fast), Catch::Contains("alloca [4 x i64]") && Catch::Contains("@total"));
  CHECK_THAT(print_ir(query, Tier::Optimised), Catch::Contains("@total"));
  CHECK_THAT(print_asm(query, Tier::Fast), Catch::Contains("total:"));
  CHECK_THAT(print_asm(query, Tier::Optimised), Catch::Contains("total:"));
}

}  // namespace millrace
