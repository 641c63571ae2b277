#include <catch2/catch.hpp>

#include "compiler/functions/function_catalog.h"

using namespace millrace;

TEST_CASE("every function of the registries has an example") {
  for (const ScalarFunction& function : scalar_functions()) {
    if (function.name.starts_with("__")) continue;  // what operators bind to; users cannot write it
    INFO(function.name);
    CHECK_FALSE(function.example.empty());
  }
  for (const AggregateFunction& function : aggregate_functions()) {
    INFO(function.name);
    CHECK_FALSE(function.example.empty());
  }
}
