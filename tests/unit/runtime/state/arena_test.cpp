#include "runtime/state/arena.h"

#include <catch2/catch.hpp>

using millrace::abi::Arena;

TEST_CASE("no bytes of a fresh arena are still bytes, not NULL") {
  Arena arena;
  CHECK(arena.take(0) != nullptr);
  CHECK(arena.copy("", 0) != nullptr);
}
