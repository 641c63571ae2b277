#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

namespace {

/// The Aggregate's line of the plan.
std::string aggregate_of(const std::string& sql) {
  const std::string plan = analyze_query(sql).plan();
  const size_t begin = plan.find("Aggregate");
  REQUIRE(begin != std::string::npos);
  const std::string line = plan.substr(begin, plan.find('\n', begin) - begin);
  return line.substr(0, line.find(" [upsert]"));
}

}  // namespace

TEST_CASE("keys are expressions, aliases or positions") {
  CHECK(aggregate_of("SELECT gt, count(*) FROM iot GROUP BY gt") == "Aggregate by gt: count(*)");
  CHECK(aggregate_of("SELECT upper(gt) AS u, count(*) FROM iot GROUP BY u") == "Aggregate by upper(gt): count(*)");
  CHECK(aggregate_of("SELECT upper(gt), count(*) FROM iot GROUP BY 1") == "Aggregate by upper(gt): count(*)");
  CHECK(aggregate_of("SELECT gt, s, count(*) FROM iot GROUP BY ALL") == "Aggregate by gt, s: count(*)");
  CHECK(error_of("SELECT gt FROM iot GROUP BY 2") == "GROUP BY position 2 is not in the select list, which has 1 column");
}

TEST_CASE("a column of that name goes before an alias of that name") {
  CHECK(aggregate_of("SELECT upper(gt) AS s, count(*) FROM iot GROUP BY s, gt") == "Aggregate by s, gt: count(*)");
}

TEST_CASE("keys match select expressions by structure, in any letter case") {
  CHECK(analyze_query("SELECT UPPER(GT) || 'x', count(*) FROM iot GROUP BY upper(gt)").errors().empty());
  CHECK(error_of("SELECT gt, x FROM iot GROUP BY gt") ==
        "column 'x' is neither grouped nor inside an aggregate function | add it to GROUP BY, or say which value is meant: "
        "first(x), max(x)");
}

TEST_CASE("cubes, rollups and sets become grouping sets") {
  CHECK(aggregate_of("SELECT count(*) FROM iot GROUP BY CUBE(gt, s)") ==
        "Aggregate by gt, s sets (gt, s), (gt), (s), (): count(*)");
  CHECK(aggregate_of("SELECT count(*) FROM iot GROUP BY gt, s WITH ROLLUP") ==
        "Aggregate by gt, s sets (gt, s), (gt), (): count(*)");
  CHECK(aggregate_of("SELECT count(*) FROM iot GROUP BY GROUPING SETS ((gt, s), gt, ())") ==
        "Aggregate by gt, s sets (gt, s), (gt), (): count(*)");
  CHECK(aggregate_of("SELECT count(*) FROM iot GROUP BY gt, CUBE(s)") == "Aggregate by gt, s sets (gt, s), (gt): count(*)");
  CHECK(aggregate_of("SELECT count(*) FROM iot GROUP BY ROLLUP((gt, s), i)") ==
        "Aggregate by gt, s, i sets (gt, s, i), (gt, s), (): count(*)");
}

TEST_CASE("grouping() is a bit of the grouping id") {
  const std::string plan = analyze_query("SELECT grouping(gt), grouping_id() FROM iot GROUP BY CUBE(gt, s)").plan();
  CHECK(plan.find("CAST(((grouping_id div 2) & 1) AS TINYINT), grouping_id") != std::string::npos);
  CHECK(error_of("SELECT grouping(i) FROM iot GROUP BY CUBE(gt)") == "'i' is no GROUP BY expression");
  CHECK(error_of("SELECT grouping(i) FROM iot").starts_with("grouping() needs GROUP BY"));
}

TEST_CASE("aggregates are found in HAVING and ORDER BY, each once") {
  CHECK(
      aggregate_of(
          "SELECT gt, sum(x) FROM iot GROUP BY gt HAVING sum(x) > 1 AND max(i) > 2 ORDER BY sum(x), min(i) EMIT COMPLETE") ==
      "Aggregate by gt: sum(x), max(i), min(i)");
  CHECK(error_of("SELECT gt, count(*) AS n FROM iot GROUP BY gt HAVING n > 1") == "no error");
  CHECK(error_of("SELECT i FROM iot WHERE count(*) > 1") == "aggregate functions are not allowed in WHERE | use HAVING");
  CHECK(error_of("SELECT sum(count(*)) FROM iot").starts_with("aggregate functions cannot be nested"));
  CHECK(error_of("SELECT avg(b) FROM iot").starts_with("aggregate 'avg' does not take (BOOLEAN)"));
}

TEST_CASE("counts are never NULL, keys are where a set lacks them") {
  const Analyzed plain = analyze_query("SELECT gt, count(*), max(i) FROM iot WHERE gt IS NOT NULL GROUP BY gt");
  CHECK_FALSE(plain.query().root->schema[0].nullable);
  CHECK_FALSE(plain.query().root->schema[1].nullable);
  CHECK(plain.query().root->schema[2].nullable);
  const Analyzed cube = analyze_query("SELECT gt, count(*) FROM iot WHERE gt IS NOT NULL GROUP BY CUBE(gt)");
  CHECK(cube.query().root->schema[0].nullable);
}

TEST_CASE("DISTINCT groups by every column") {
  CHECK(analyze_query("SELECT DISTINCT gt, s FROM iot").plan().find("Distinct by gt, s [append]") != std::string::npos);
  CHECK(error_of("SELECT DISTINCT FirstName FROM users ORDER BY age").starts_with("ORDER BY of a SELECT DISTINCT"));
}

}  // namespace millrace
