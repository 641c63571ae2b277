#include <catch2/catch.hpp>

#include "parsing.h"

using namespace millrace;

TEST_CASE("CREATE STREAM with columns, a computed column, a watermark and options") {
  CHECK(tree_of(
            "CREATE STREAM iot (Creation_Time BIGINT NOT NULL, \"User\" STRING,\n"
            "  event_time AS CAST(CAST(Creation_Time AS DOUBLE) / 1e9 AS TIMESTAMP),\n"
            "  WATERMARK FOR event_time AS event_time - INTERVAL '10 seconds'\n"
            ") WITH (connector = 'socket', port = 9999, header = true, rate = -1.5, kafka.group.id = g1, timeout = 10s)") ==
        "CREATE STREAM iot\n"
        "  column Creation_Time BIGINT NOT NULL\n"
        "  column User STRING\n"
        "  column event_time AS CAST((CAST(Creation_Time AS DOUBLE) / 1e9D) AS TIMESTAMP)\n"
        "  watermark event_time AS (event_time - INTERVAL '10' SECOND)\n"
        "  option connector = 'socket'\n"
        "  option port = 9999\n"
        "  option header = true\n"
        "  option rate = -1.5\n"
        "  option kafka.group.id = 'g1'\n"
        "  option timeout = '10s'\n");
}

TEST_CASE("keys of options may be any word") {
  CHECK(tree_of("CREATE STREAM s WITH (group = 'a', \"x.y\" = 1, 'z' = json, user.order = b.c)") ==
        "CREATE STREAM s\n  option group = 'a'\n  option x.y = 1\n  option z = 'json'\n  option user.order = 'b.c'\n");
}

TEST_CASE("views, sinks, functions and inserts") {
  CHECK(tree_of("CREATE OR REPLACE VIEW v (a) AS SELECT 1") ==
        "CREATE OR REPLACE VIEW v\n  columns a\n  select\n    item 1\n");
  CHECK(tree_of("CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH (max_rows = 10) AS SELECT 1") ==
        "CREATE MATERIALIZED VIEW IF NOT EXISTS v\n  option max_rows = 10\n  select\n    item 1\n");
  CHECK(tree_of("CREATE SINK s (a INT) WITH (connector = 'file')") ==
        "CREATE SINK s\n  column a INT\n  option connector = 'file'\n");
  CHECK(tree_of("CREATE FUNCTION f(x DOUBLE, y INT) RETURNS DOUBLE RETURN x * y") ==
        "CREATE FUNCTION f\n  parameter x DOUBLE\n  parameter y INT\n  returns DOUBLE (x * y)\n");
  CHECK(tree_of("INSERT INTO o (a, b) VALUES (1, 2)") == "INSERT INTO o (a, b)\n  values\n    row 1, 2\n");
  CHECK(tree_of("INSERT INTO o (SELECT 1) UNION SELECT 2").find("INSERT INTO o\n  union\n") == 0);
}

TEST_CASE("the small statements") {
  CHECK(tree_of("EXPLAIN SELECT 1") == "EXPLAIN PHYSICAL\n  QUERY\n    select\n      item 1\n");
  CHECK(tree_of("EXPLAIN IR INSERT INTO o SELECT 1").find("EXPLAIN IR\n  INSERT INTO o\n") == 0);
  CHECK(tree_of("DESCRIBE iot; SHOW TABLES; SHOW materialized views") ==
        "DESCRIBE iot\nSHOW TABLES\nSHOW MATERIALIZED VIEWS\n");
  CHECK(tree_of("SET spark.sql.shuffle.partitions = 5; SET timezone = 'Europe/Paris'; SET mode = fast") ==
        "SET spark.sql.shuffle.partitions = 5\nSET timezone = 'Europe/Paris'\nSET mode = 'fast'\n");
  CHECK(tree_of("DROP STREAM x; DROP MATERIALIZED VIEW IF EXISTS v; DROP SINK s") ==
        "DROP STREAM x\nDROP MATERIALIZED VIEW IF EXISTS v\nDROP SINK s\n");
  CHECK(tree_of("STOP QUERY q; SLEEP 2; SLEEP 500ms; SLEEP 2 SECONDS") ==
        "STOP QUERY q\nSLEEP 2\nSLEEP INTERVAL '500' MILLISECOND\nSLEEP INTERVAL '2' SECOND\n");
}

TEST_CASE("empty statements, comments and a byte-order mark are skipped") {
  CHECK(tree_of("").empty());
  CHECK(tree_of(";;\n-- nothing\n/* nor /* nested */ this */;").empty());
  CHECK(tree_of("\xEF\xBB\xBFSHOW TABLES -- here") == "SHOW TABLES\n");
  CHECK(tree_of("SHOW\xC2\xA0TABLES;") == "SHOW TABLES\n");
}

TEST_CASE("keywords have no case, names keep theirs") {
  CHECK(tree_of("drop Stream Iot") == "DROP STREAM Iot\n");
  CHECK(tree_of("DROP STREAM \"a \"\"b\"\"\"; DROP STREAM `x``y`; DROP STREAM été") ==
        "DROP STREAM a \"b\"\nDROP STREAM x`y\nDROP STREAM été\n");
}

TEST_CASE("a schema in a string is a STRUCT") {
  const ast::TypeName schema = parse_schema("a BIGINT, b STRUCT<c: INT>, `d e`: ARRAY<STRING> NOT NULL");
  CHECK(to_sql(schema) == "STRUCT<a: BIGINT, b: STRUCT<c: INT>, d e: ARRAY<STRING>>");
  CHECK_THROWS_AS(parse_schema("a"), SqlError);
  CHECK_THROWS_AS(parse_schema(""), SqlError);
}
