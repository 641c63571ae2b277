#include "compiler/driver/cases/text_diff.h"

#include <catch2/catch.hpp>

using namespace millrace;

TEST_CASE("equal texts have no difference") { CHECK(diff_lines({"a", "b"}, {"a", "b"}).empty()); }

TEST_CASE("lines that are gone and new are marked in place") {
  CHECK(diff_lines({"a", "b", "c"}, {"a", "x", "c"}) == "  a\n- b\n+ x\n  c\n");
  CHECK(diff_lines({}, {"x"}) == "+ x\n");
  CHECK(diff_lines({"x"}, {}) == "- x\n");
}

TEST_CASE("far from a change nothing is shown") {
  CHECK(diff_lines({"1", "2", "3", "4", "5", "6"}, {"1", "2", "3", "4", "5", "x"}) == "  …\n  3\n  4\n  5\n- 6\n+ x\n");
}
