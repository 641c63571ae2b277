#include <catch2/catch.hpp>

#include "compiler/base/diagnostic.h"

using millrace::nearest_name;

TEST_CASE("the nearest name forgives slips and letter case") {
  CHECK(nearest_name("gtt", {"x", "gt", "Creation_Time"}) == "gt");
  CHECK(nearest_name("creation_tiem", {"Arrival_Time", "Creation_Time"}) == "Creation_Time");
  CHECK(nearest_name("SELCT", {"SELECT", "SET"}) == "SELECT");
  CHECK(nearest_name("hots", {"host", "port"}) == "host");
}

TEST_CASE("nothing is suggested when nothing is near") {
  CHECK(nearest_name("banana", {"host", "port", "format"}).empty());
  CHECK(nearest_name("x", {"y", "z"}).empty());
  CHECK(nearest_name("abc", {}).empty());
}

TEST_CASE("of several the nearest wins, then the first") {
  CHECK(nearest_name("cont", {"const", "count", "cot"}) == "const");
  CHECK(nearest_name("port", {"sort", "port"}) == "port");
}
