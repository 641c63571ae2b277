#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

using Texts = std::vector<std::string>;

TEST_CASE("arithmetic has the wider type of its operands, division is DOUBLE") {
  CHECK(types("i + 1, i + 1L, c + i, i / 2, i div 2, i % 2, -i, ~i, i & 3, s + 1, x * 2") ==
        Texts{"INT", "BIGINT", "BIGINT", "DOUBLE", "BIGINT", "INT", "INT", "INT", "INT", "DOUBLE", "DOUBLE"});
  CHECK(bound("s + 1") == Texts{"(CAST(s AS DOUBLE) + 1.0)"});
  CHECK(error_of("SELECT b + 1 FROM iot") == "no operator '+' for BOOLEAN and INT");
  CHECK(error_of("SELECT x & 1 FROM iot") == "no operator '&' for DOUBLE and INT");
}

TEST_CASE("integer literals are the least of INT and BIGINT that holds them, sign included") {
  CHECK(types("2147483647, 2147483648, -2147483648, 1L, -9223372036854775808") ==
        Texts{"INT!", "BIGINT!", "INT!", "BIGINT!", "BIGINT!"});
}

TEST_CASE("a decimal literal beside a DOUBLE is a DOUBLE") {
  CHECK(bound("x * 1.5, x > 1.5, coalesce(x, 0.5)") == Texts{"(x * 1.5)", "(x > 1.5)", "coalesce(x, 0.5)"});
  CHECK(bound("1.5, -0.25") == Texts{"1.5", "-0.25"});
  CHECK(types("x * 1.5, i * 1.5, 1.50, 1 + 0.5") == Texts{"DOUBLE", "DECIMAL(13,1)", "DECIMAL(3,2)!", "DECIMAL(3,1)!"});
}

TEST_CASE("an integer is compared with a decimal literal exactly") {
  CHECK(bound("i > 1.5, i >= 1.5, i < 1.5, i <= 1.5, 1.5 < i") ==
        Texts{"(i > 1)", "(i > 1)", "(i <= 1)", "(i <= 1)", "(i > 1)"});
  CHECK(bound("i < -1.5, i > -0.5, i <> 2.0") == Texts{"(i <= -2)", "(i > -1)", "(i <> 2)"});
  CHECK(bound("i = 1.5, i <=> 1.5") == Texts{"CASE WHEN (i IS NOT NULL) THEN FALSE ELSE NULL END", "FALSE"});
  CHECK(bound("i IN (1.5, 2)") == Texts{"(CASE WHEN (i IS NOT NULL) THEN FALSE ELSE NULL END OR (i = 2))"});
}

TEST_CASE("comparisons cast the string beside a number") {
  CHECK(bound("i = '5', s = 5, d < '2020-01-01'") ==
        Texts{"(i = CAST('5' AS INT))", "(CAST(s AS INT) = 5)", "(d < CAST('2020-01-01' AS DATE))"});
  CHECK(error_of("SELECT d > 3 FROM iot") == "cannot compare DATE with INT | CAST one of them");
}

TEST_CASE("predicates lose their sugar") {
  CHECK(bound("i BETWEEN 1 AND 5, i NOT BETWEEN 1 AND 5") ==
        Texts{"((i >= 1) AND (i <= 5))", "(NOT ((i >= 1) AND (i <= 5)))"});
  CHECK(bound("b IS TRUE, b IS NOT FALSE, b IS UNKNOWN, i IS DISTINCT FROM 5") ==
        Texts{"coalesce(b, FALSE)", "(NOT coalesce((NOT b), FALSE))", "(b IS NULL)", "(NOT (i <=> 5))"});
  CHECK(bound("s LIKE ANY ('a%', 'b%'), s NOT LIKE 'a!%' ESCAPE '!'") ==
        Texts{"((s LIKE 'a%') OR (s LIKE 'b%'))", "(s NOT LIKE 'a!%' ESCAPE '!')"});
  CHECK(types("i IS NULL, b IS TRUE, i <=> 1, i > 1") == Texts{"BOOLEAN!", "BOOLEAN!", "BOOLEAN!", "BOOLEAN"});
}

TEST_CASE("a pattern's escape may only precede %, _ and itself") {
  CHECK(error_of(R"(SELECT s LIKE 'a\b' FROM iot)").starts_with(R"(the pattern 'a\b' is invalid)"));
  CHECK(error_of(R"(SELECT s LIKE 'a\' FROM iot)").starts_with(R"(the pattern 'a\' is invalid)"));
  CHECK(bound(R"(s LIKE 'a\_b')") == Texts{R"((s LIKE 'a\_b'))"});
}

TEST_CASE("conditional functions are expressions of their own") {
  CHECK(bound("if(b, 1, 2L), nvl2(s, 1, 2), nullif(i, 3)") == Texts{"CASE WHEN b THEN 1 ELSE 2 END",
                                                                    "CASE WHEN (s IS NOT NULL) THEN 1 ELSE 2 END",
                                                                    "CASE WHEN (i = 3) THEN NULL ELSE i END"});
  CHECK(types("coalesce(i, 0), nvl(s, 'x'), greatest(i, c), CASE i WHEN 1 THEN 'a' END") ==
        Texts{"INT!", "STRING!", "BIGINT", "STRING"});
  CHECK(bound("typeof(x), typeof(struct(i, x))") == Texts{"'double'", "'struct<i:int,x:double>'"});
  CHECK(error_of("SELECT coalesce(i, b) FROM iot") == "the arguments have no common type: INT and BOOLEAN");
}

TEST_CASE("dates and times shift by intervals") {
  CHECK(types("d + INTERVAL 1 DAY, d + INTERVAL 1 HOUR, d + INTERVAL 1 MONTH, t - INTERVAL '5' SECOND, d + 3") ==
        Texts{"DATE", "TIMESTAMP", "DATE", "TIMESTAMP", "DATE"});
  CHECK(types("t - t, d - d, t - d") == Texts{"INTERVAL DAY TO SECOND", "INTERVAL DAY", "INTERVAL DAY TO SECOND"});
  CHECK(error_of("SELECT DATE '2020-02-30' FROM iot").starts_with("'2020-02-30' is no date"));
}

TEST_CASE("structs are made, named and taken apart") {
  const Analyzed analyzed = analyze_query("SELECT q.v.a, v.* FROM (SELECT struct(i AS a, x) AS v FROM iot) q");
  if (analyzed.parsed.diagnostics.empty()) CHECK(analyzed.query().root->schema.size() == 3);
  CHECK(bound("named_struct('p', 1).p") == Texts{"1"});
  CHECK(error_of("SELECT x.y FROM iot").starts_with("no field 'y': x is DOUBLE, not a STRUCT"));
}

TEST_CASE("a condition makes the columns it needs NOT NULL above it") {
  const Analyzed analyzed =
      analyze_query("SELECT i, s, x, gt FROM iot WHERE i > 0 AND s IS NOT NULL AND (x > 1 OR gt = 'a')");
  const Schema& schema = analyzed.query().root->schema;
  CHECK_FALSE(schema[0].nullable);
  CHECK_FALSE(schema[1].nullable);
  CHECK(schema[2].nullable);
  CHECK(schema[3].nullable);
}

TEST_CASE("COLUMNS(*) in WHERE is the conjunction over all columns") {
  const std::string plan = analyze_query("SELECT i FROM plain WHERE COLUMNS(*) IS NOT NULL AND i > 0").plan();
  CHECK(plan.find("Filter ((i IS NOT NULL) AND (s IS NOT NULL) AND (t IS NOT NULL) AND (i > 0))") != std::string::npos);
}

}  // namespace millrace
