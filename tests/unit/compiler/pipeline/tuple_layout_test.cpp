#include <catch2/catch.hpp>

#include "compiler/pipeline/tuple_layout.h"

using namespace millrace;
using namespace millrace::pipeline;

TEST_CASE("eight-byte fields come first, then bytes, and the size is a multiple of 8") {
  TupleLayout layout = lay_out({{"flag", TypeKind::Boolean, false},
                                {"n", TypeKind::Int, true},
                                {"s", TypeKind::String, false},
                                {"x", TypeKind::Double, true}},
                               8);
  CHECK(layout.fields[1].offset == 8);
  CHECK(layout.fields[2].offset == 16);
  CHECK(layout.fields[3].offset == 32);
  CHECK(layout.fields[0].offset == 40);
  CHECK(layout.fields[0].null_offset == kNeverNull);
  CHECK(layout.fields[1].null_offset == 41);
  CHECK(layout.fields[2].null_offset == kNeverNull);
  CHECK(layout.fields[3].null_offset == 42);
  CHECK(layout.size == 48);
}

TEST_CASE("a struct is its fields side by side, each nullable") {
  TupleLayout layout = lay_out({{"w", SqlType::window(), true}}, 0);
  REQUIRE(layout.fields[0].children.size() == 2);
  CHECK(layout.fields[0].children[0].offset == 0);
  CHECK(layout.fields[0].children[1].offset == 8);
  CHECK(layout.fields[0].null_offset >= 16);
  CHECK(layout.size == 24);
}

TEST_CASE("nothing takes no room beyond its header") { CHECK(lay_out({}, 8).size == 8); }
