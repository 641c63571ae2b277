#include <benchmark/benchmark.h>

#include "bench/micro/aggregate_loop_module.h"
#include "compiler/jit/jit.h"

/// What a tier takes to compile, by the size of the module (counter `instructions`: of LLVM IR, before optimisation).
namespace {

void compile_tier(benchmark::State& state, millrace::Tier tier) {
  millrace::Jit jit({.first = tier, .optimise_in_background = true});
  int64_t instructions = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto module = millrace::bench::aggregate_loop_module(static_cast<int>(state.range(0)));
    instructions = module.module->getInstructionCount();
    state.ResumeTiming();
    auto code = jit.compile(std::move(module));
    benchmark::DoNotOptimize(code->entry[0].load());
    state.PauseTiming();
    code.reset();
    state.ResumeTiming();
  }
  state.counters["instructions"] = static_cast<double>(instructions);
}

void start(benchmark::State& state) {
  for (auto _ : state) {
    millrace::Jit jit;
    benchmark::DoNotOptimize(&jit);
  }
}

}  // namespace

BENCHMARK(start)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile_tier, fast, millrace::Tier::Fast)->Arg(1)->Arg(10)->Arg(35)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile_tier, optimised, millrace::Tier::Optimised)
    ->Arg(1)->Arg(10)->Arg(35)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK_MAIN();
