#include <catch2/catch.hpp>

#include "parsing.h"

using millrace::exact;

TEST_CASE("operators bind as in Spark") {
  CHECK(exact("a + b * c - d / 2 % 3") == "((a + (b * c)) - ((d / 2) % 3))");
  CHECK(exact("a OR b AND NOT c = d") == "(a OR (b AND (NOT (c = d))))");
  CHECK(exact("~a & b | c ^ d") == "(((~a) & b) | (c ^ d))");
  CHECK(exact("a || b + c") == "(concat(a, b) + c)");
  CHECK(exact("a div b") == "(a div b)");
  CHECK(exact("- a * b") == "((- a) * b)");
  CHECK(exact("NOT NOT a") == "(NOT (NOT a))");
  CHECK(exact("a < b = c") == "((a < b) = c)");
}

TEST_CASE("long chains of AND and OR become balanced trees in order") {
  CHECK(exact("a AND b AND c") == "((a AND b) AND c)");
  CHECK(exact("a OR b OR c OR d") == "((a OR b) OR (c OR d))");
}

TEST_CASE("equality has several spellings") {
  CHECK(exact("a == b") == "(a = b)");
  CHECK(exact("a != b") == "(a <> b)");
  CHECK(exact("a <=> b") == "(a <=> b)");
  CHECK(exact("a IS NOT DISTINCT FROM b") == "(a IS NOT DISTINCT FROM b)");
}

TEST_CASE("predicates") {
  CHECK(exact("a NOT BETWEEN 1 AND 2 AND b") == "((NOT ((a >= 1) AND (a <= 2))) AND b)");
  CHECK(exact("a IN (1, 2)") == "(a IN (1, 2))");
  CHECK(exact("a NOT IN (1)") == "(NOT (a IN (1)))");
  CHECK(exact("a LIKE '%x' ESCAPE '!'") == "a LIKE '%x' ESCAPE '!'");
  CHECK(exact("a NOT LIKE ANY ('x', 'y')") == "(NOT a LIKE ANY ('x', 'y'))");
  CHECK(exact("a ILIKE ALL ('x')") == "a ILIKE ALL ('x')");
  CHECK(exact("a RLIKE '^x'") == "a RLIKE '^x'");
  CHECK(exact("a REGEXP ('^x')") == "a RLIKE '^x'");
  CHECK(exact("rlike(a, '^x')") == "rlike(a, '^x')");
  CHECK(exact("a IS NOT NULL") == "(a IS NOT NULL)");
  CHECK(exact("a IS NOT TRUE") == "(a IS NOT TRUE)");
  CHECK(exact("a IS UNKNOWN") == "(a IS UNKNOWN)");
}

TEST_CASE("literals keep what was written, without suffix") {
  CHECK(exact("1") == "1");
  CHECK(exact("1L") == "1L");
  CHECK(exact("1.5") == "1.5");
  CHECK(exact("1e3") == "1e3D");
  CHECK(exact("1.0D") == "1.0D");
  CHECK(exact(".5") == ".5");
  CHECK(exact("5BD") == "5");
  CHECK(exact("1Y") == "CAST(1 AS TINYINT)");
  CHECK(exact("2S") == "CAST(2 AS SMALLINT)");
  CHECK(exact("1.5F") == "CAST(1.5D AS FLOAT)");
  CHECK(exact("x'1f'") == "X'1F'");
  CHECK(exact("TRUE") == "true");
  CHECK(exact("null") == "NULL");
  CHECK(exact("DATE '2020-03-21'") == "DATE '2020-03-21'");
  CHECK(exact("timestamp '2020-03-21 10:00:00.5'") == "TIMESTAMP '2020-03-21 10:00:00.5'");
}

TEST_CASE("a minus right before a number is its own") {
  CHECK(exact("-9223372036854775808") == "-9223372036854775808");
  CHECK(exact("- x") == "(- x)");
  CHECK(exact("1 - 2") == "(1 - 2)");
  CHECK(exact("- -1") == "(- -1)");
}

TEST_CASE("strings: doubled quotes, no backslashes, escapes after E") {
  CHECK(exact("'it''s'") == "'it''s'");
  CHECK(exact(R"('a\n')") == R"('a\n')");
  CHECK(exact(R"(E'a\tb\'c\\')") == "'a\tb''c\\'");
  CHECK(exact(R"(E'\u00e9\xE9\ud83d\ude00')") == "'éé😀'");
  CHECK(exact("'a' 'b'") == "'ab'");
}

TEST_CASE("intervals in every spelling") {
  CHECK(exact("INTERVAL '5' SECOND") == "INTERVAL '5' SECOND");
  CHECK(exact("INTERVAL '5 seconds'") == "INTERVAL '5' SECOND");
  CHECK(exact("INTERVAL 5 SECONDS") == "INTERVAL '5' SECOND");
  CHECK(exact("INTERVAL -5 DAYS") == "INTERVAL '-5' DAY");
  CHECK(exact("INTERVAL '1 minute 30 seconds'") == "INTERVAL '1 minutes 30 seconds'");
  CHECK(exact("INTERVAL 1 DAY 2 HOURS") == "INTERVAL '1 days 2 hours'");
  CHECK(exact("INTERVAL '1' DAY '2' HOUR") == "INTERVAL '1 days 2 hours'");
  CHECK(exact("INTERVAL '1-2' YEAR TO MONTH") == "INTERVAL '1 years 2 months'");
  CHECK(exact("INTERVAL - '1-2' YEAR TO MONTH") == "INTERVAL '-1 years -2 months'");
  CHECK(exact("1m30s") == "INTERVAL '1 minutes 30 seconds'");
  CHECK(exact("500ms") == "INTERVAL '500' MILLISECOND");
  CHECK(exact("interval - 5") == "(interval - 5)");
}

TEST_CASE("names, fields, subscripts and casts") {
  CHECK(exact("t.a.b") == "t.a.b");
  CHECK(exact("(a).b") == "a.b");
  CHECK(exact("f(x).a[0]") == "f(x).a[0]");
  CHECK(exact("m['k']") == "m['k']");
  CHECK(exact("s.order.end") == "s.order.end");
  CHECK(exact("x::double") == "CAST(x AS DOUBLE)");
  CHECK(exact("x::DECIMAL(10, 2)::STRING") == "CAST(CAST(x AS DECIMAL(10,2)) AS STRING)");
  CHECK(exact("x::INT < 5") == "(CAST(x AS INT) < 5)");
  CHECK(exact("CAST(x AS BIGINT UNSIGNED)") == "CAST(x AS BIGINT)");
  CHECK(exact("TRY_CAST(x AS MAP<STRING, ARRAY<INT>>)") == "TRY_CAST(x AS MAP<STRING, ARRAY<INT>>)");
  CHECK(exact("CAST(x AS STRUCT<a: INT, b TIMESTAMP WITH TIME ZONE>)") == "CAST(x AS STRUCT<a: INT, b: TIMESTAMP>)");
  CHECK(exact("CAST(x AS INTERVAL DAY TO SECOND)") == "CAST(x AS INTERVAL DAY TO SECOND)");
}

TEST_CASE("words that are not reserved are names") {
  for (const char* name : {"user", "index",    "timestamp", "window", "start", "end",    "value",  "count",  "month",
                           "date", "interval", "left",      "right",  "full",  "filter", "offset", "escape", "if",
                           "over", "static",   "watermark", "row",    "rows",  "first",  "last",   "size",   "array",
                           "map",  "struct",   "any",       "both",   "to",    "stream", "sink"}) {
    CHECK(exact(name) == name);
    CHECK(exact(std::string("x AS ") + name) == "x");
    CHECK(exact(std::string("x + ") + name + " * 2") == std::string("(x + (") + name + " * 2))");
  }
}

TEST_CASE("calls with words inside become plain calls") {
  CHECK(exact("TRIM(BOTH 'x' FROM y)") == "btrim(y, 'x')");
  CHECK(exact("TRIM(LEADING 'x' FROM y)") == "ltrim('x', y)");
  CHECK(exact("TRIM(TRAILING FROM y)") == "rtrim(y)");
  CHECK(exact("TRIM('x' FROM y)") == "btrim(y, 'x')");
  CHECK(exact("TRIM(y)") == "trim(y)");
  CHECK(exact("TRIM(both)") == "trim(both)");
  CHECK(exact("EXTRACT(year FROM ts)") == "extract('YEAR', ts)");
  CHECK(exact("POSITION('a' IN b)") == "position('a', b)");
  CHECK(exact("POSITION('a', b)") == "position('a', b)");
  CHECK(exact("SUBSTRING(a FROM 2 FOR 3)") == "substring(a, 2, 3)");
  CHECK(exact("SUBSTRING(a FOR 3)") == "substring(a, 1, 3)");
  CHECK(exact("OVERLAY(a PLACING b FROM 2 FOR 3)") == "overlay(a, b, 2, 3)");
  CHECK(exact("struct(a AS x, t.b, 1)") == "named_struct('x', a, 'b', t.b, 'col3', 1)");
  CHECK(exact("current_timestamp") == "current_timestamp");  // a call where no column is called so: that is known later
}

TEST_CASE("aggregates and window functions") {
  CHECK(exact("COUNT(*)") == "count(*)");
  CHECK(exact("count(DISTINCT a, b)") == "count(DISTINCT a, b)");
  CHECK(exact("sum(x) FILTER (WHERE y > 1)") == "sum(x) FILTER (WHERE (y > 1))");
  CHECK(exact("string_agg(x, ',' ORDER BY y DESC)") == "string_agg(x, ',') WITHIN GROUP (ORDER BY y DESC NULLS LAST)");
  CHECK(exact("mode() WITHIN GROUP (ORDER BY x)") == "mode() WITHIN GROUP (ORDER BY x ASC NULLS FIRST)");
  CHECK(exact("first(x) IGNORE NULLS OVER w") == "first(x) IGNORE NULLS OVER w");
  CHECK(exact("rank() OVER (PARTITION BY a ORDER BY b)") == "rank() OVER (PARTITION BY a ORDER BY b ASC NULLS FIRST)");
  CHECK(exact("sum(x) OVER (ORDER BY t ROWS 3 PRECEDING)") ==
        "sum(x) OVER (ORDER BY t ASC NULLS FIRST ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)");
  CHECK(exact("sum(x) OVER (ORDER BY t RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1' HOUR FOLLOWING)") ==
        "sum(x) OVER (ORDER BY t ASC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1' HOUR FOLLOWING)");
}

TEST_CASE("lambdas, arrays, CASE, stars") {
  CHECK(exact("transform(a, x -> x + 1)") == "transform(a, x -> (x + 1))");
  CHECK(exact("aggregate(a, 0, (acc, x) -> acc + x)") == "aggregate(a, 0, (acc, x) -> (acc + x))");
  CHECK(exact("ARRAY[1, 2]") == "array(1, 2)");
  CHECK(exact("array(1, 2)[0]") == "array(1, 2)[0]");
  CHECK(exact("(1, 'a')") == "struct(1, 'a')");
  CHECK(exact("CASE WHEN a THEN 1 ELSE 2 END") == "CASE WHEN a THEN 1 ELSE 2 END");
  CHECK(exact("CASE a WHEN 1 THEN 'x' END") == "CASE WHEN (a = 1) THEN 'x' END");
  CHECK(exact("CASE WHEN end THEN end END") == "CASE WHEN end THEN end END");
  CHECK(exact("* EXCEPT (a, b)") == "* EXCEPT (a, b)");
  CHECK(exact("t.*") == "t.*");
  CHECK(exact("COLUMNS(*)") == "COLUMNS(*)");
  CHECK(exact("COLUMNS(a, b)") == "COLUMNS(a, b)");
}

TEST_CASE("spans cover the whole expression") {
  const millrace::SourceText source("q.sql", "SELECT  a + (b * 2)  AS n");
  const auto result = millrace::parse_script(source);
  const auto& query = *std::get<millrace::ast::SelectStatement>(result.script.statements.at(0).node).query;
  const auto& item = std::get<millrace::ast::Select>(query.body).items.at(0);
  CHECK(source.slice(item.expr->span) == "a + (b * 2)");
  CHECK(source.slice(std::get<millrace::ast::Binary>(item.expr->node).op_span) == "+");
  CHECK(source.slice(item.alias->span) == "n");
}
