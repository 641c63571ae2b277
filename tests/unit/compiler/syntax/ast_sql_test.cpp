#include <catch2/catch.hpp>

#include "parsing.h"

using millrace::column_name;

TEST_CASE("a column without an alias is named as Spark names it") {
  CHECK(column_name("AVG(x)") == "avg(x)");
  CHECK(column_name("count(*)") == "count(*)");
  CHECK(column_name("count(1)") == "count(1)");
  CHECK(column_name("SUM(a - b)") == "sum((a - b))");
  CHECK(column_name("a + 1") == "(a + 1)");
  CHECK(column_name("gt = 'walk'") == "(gt = walk)");
  CHECK(column_name("concat(a, '-', b)") == "concat(a, -, b)");
  CHECK(column_name("CAST(x AS INTEGER)") == "CAST(x AS INT)");
  CHECK(column_name("1L") == "1");
  CHECK(column_name("-1.5D") == "-1.5");
  CHECK(column_name("TRUE") == "true");
  CHECK(column_name("Creation_Time") == "Creation_Time");
  CHECK(column_name("\"User\"") == "User");
  CHECK(column_name("x IS NULL") == "(x IS NULL)");
  CHECK(column_name("(SELECT 1)") == "scalarsubquery()");
}
