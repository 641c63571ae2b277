#include "compiler/jit/background_compiler.h"

#include <future>

#include <catch2/catch.hpp>

namespace millrace {

TEST_CASE("Jobs run in the order in which they were added") {
  BackgroundCompiler background;
  std::string order;  // written by the one background thread, read when it is idle
  for (const char name : {'a', 'b', 'c'}) background.add([&order, name](const std::atomic<bool>&) { order += name; });
  background.wait_until_idle();
  CHECK(order == "abc");
}

TEST_CASE("A compiler that was never used stops at once") {
  BackgroundCompiler background;
  background.wait_until_idle();
  CHECK(background.stop(/*wait=*/false));
}

TEST_CASE("A running job is abandoned when nobody waits for it") {
  std::promise<void> started;
  auto finish = std::make_shared<std::promise<void>>();  // shared: the thread outlives this test's frame
  auto finished = std::make_shared<std::promise<void>>();
  auto ended = finished->get_future();
  {
    BackgroundCompiler background;
    background.add([&started, finish, finished](const std::atomic<bool>&) {
      started.set_value();
      finish->get_future().wait();
      finished->set_value();
    });
    started.get_future().wait();
    CHECK_FALSE(background.stop(/*wait=*/false));
  }
  finish->set_value();
  ended.wait();
}

TEST_CASE("A job that is waited for sees that it is cancelled, the next ones are dropped") {
  BackgroundCompiler background;
  std::promise<void> started;
  bool next_ran = false;
  background.add([&started](const std::atomic<bool>& cancelled) {
    started.set_value();
    while (!cancelled) std::this_thread::yield();
  });
  background.add([&next_ran](const std::atomic<bool>&) { next_ran = true; });
  started.get_future().wait();
  CHECK(background.stop(/*wait=*/true));
  background.add([&next_ran](const std::atomic<bool>&) { next_ran = true; });
  background.wait_until_idle();
  CHECK_FALSE(next_ran);
}

}  // namespace millrace
