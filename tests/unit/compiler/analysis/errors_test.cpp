#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

using Texts = std::vector<std::string>;

TEST_CASE("each select item speaks for itself, each statement too") {
  const Analyzed analyzed = analyze_text(
      "CREATE STREAM a (gt STRING) WITH (connector = 'socket', port = 1);\n"
      "SELECT gtt, foo(gt), gt FROM a;\n"
      "SELECT upper() FROM a");
  CHECK(analyzed.errors() == Texts{"8:unknown column 'gtt' — did you mean 'gt'?", "13:unknown function 'foo'",
                                   "8:function 'upper' does not take 0 arguments"});
}

TEST_CASE("names that are near are proposed") {
  CHECK(error_of("SELECT * FROM iott") == "unknown stream, table or view 'iott' — did you mean 'iot'?");
  CHECK(error_of("SELECT iot.gtt FROM iot") == "'iot' has no column 'gtt' — did you mean 'gt'?");
  CHECK(error_of("SELECT z.gt FROM iot").starts_with("no relation or STRUCT 'z' here"));
  CHECK(error_of("SELECT uppr(gt) FROM iot") == "unknown function 'uppr' — did you mean 'upper'?");
}

TEST_CASE("conditions must be BOOLEAN") {
  CHECK(error_of("SELECT i FROM iot WHERE i") == "the condition of WHERE must be BOOLEAN, not INT");
  CHECK(error_of("SELECT NOT i FROM iot") == "the operand of NOT must be BOOLEAN, not INT");
  CHECK(error_of("SELECT gt AND b FROM iot") == "the operand of AND must be BOOLEAN, not STRING");
  CHECK(error_of("SELECT b FROM iot WHERE b") == "no error");
}

TEST_CASE("what is not built says so") {
  CHECK(error_of("WITH RECURSIVE r(n) AS (SELECT 1) SELECT n FROM r").starts_with("not supported yet: WITH RECURSIVE"));
}

}  // namespace millrace
