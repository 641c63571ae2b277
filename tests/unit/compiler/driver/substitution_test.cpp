#include "compiler/driver/substitution.h"

#include <catch2/catch.hpp>
#include <cstdlib>

using namespace millrace;

namespace {

std::string replaced(std::string_view text, const Variables& variables = {}) {
  const Substitution result = substitute_variables(text, variables);
  REQUIRE(result.diagnostics.empty());
  return result.text;
}

}  // namespace

TEST_CASE("a variable is replaced by what --var gave, then the environment, then its default") {
  setenv("MILLRACE_TEST_PORT", "1234", 1);
  CHECK(replaced("port = ${MILLRACE_TEST_PORT:-1}", {{"MILLRACE_TEST_PORT", "77"}}) == "port = 77");
  CHECK(replaced("port = ${MILLRACE_TEST_PORT:-1}") == "port = 1234");
  unsetenv("MILLRACE_TEST_PORT");
  CHECK(replaced("port = ${MILLRACE_TEST_PORT:-1}") == "port = 1");
  CHECK(replaced("host = '${MILLRACE_TEST_HOST:-}'") == "host = ''");
}

TEST_CASE("variables are replaced within strings, and a dash-dash there begins no comment") {
  CHECK(replaced("SELECT '-- ${X}', \"${X}\", `${X}`", {{"X", "a"}}) == "SELECT '-- a', \"a\", `a`");
  CHECK(replaced("SELECT 'it''s -- ${X}'", {{"X", "b"}}) == "SELECT 'it''s -- b'");
}

TEST_CASE("comments are left alone") {
  CHECK(replaced("-- needs ${UNSET}\nSELECT 1 /* ${UNSET} */") == "-- needs ${UNSET}\nSELECT 1 /* ${UNSET} */");
}

TEST_CASE("what comes in is not looked at again") { CHECK(replaced("${A}", {{"A", "${B}"}}) == "${B}"); }

TEST_CASE("an unset variable without a default is an error at its place that names the nearest one given") {
  const Substitution result = substitute_variables("SELECT 1;\nport = ${PROT}; ${PORT} ${OTHER_THING}", {{"PORT", "1"}});
  REQUIRE(result.diagnostics.size() == 2);
  CHECK(result.diagnostics[0].span == SourceSpan{17, 24});
  CHECK(result.diagnostics[0].message == "the variable 'PROT' is not set — did you mean 'PORT'?");
  CHECK(result.diagnostics[1].message == "the variable 'OTHER_THING' is not set");
  CHECK(result.used.contains("PORT"));
}

TEST_CASE("a malformed variable is an error") {
  CHECK(substitute_variables("${", {}).diagnostics.size() == 1);
  CHECK(substitute_variables("${}", {}).diagnostics.size() == 1);
  CHECK(substitute_variables("${A", {}).diagnostics.size() == 1);
  CHECK(substitute_variables("${A:-b", {}).diagnostics.size() == 1);
  CHECK(substitute_variables("${A-b}", {}).diagnostics.size() == 1);
}
