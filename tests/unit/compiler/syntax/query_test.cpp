#include <catch2/catch.hpp>

#include "parsing.h"

using millrace::query_tree;
using millrace::tree_of;

TEST_CASE("the clauses of a SELECT") {
  CHECK(
      query_tree("SELECT DISTINCT a, b AS c FROM t WHERE x GROUP BY a, 2 HAVING count(*) > 1 ORDER BY 1 DESC, b NULLS LAST "
                 "LIMIT 10 OFFSET 5") ==
      "select distinct\n"
      "  item a\n"
      "  item b AS c\n"
      "  from\n"
      "    table t\n"
      "  where x\n"
      "  group by\n"
      "    a\n"
      "    2\n"
      "  having (count(*) > 1)\n"
      "order by 1 DESC, b ASC NULLS LAST\n"
      "limit 10\n"
      "offset 5\n");
}

TEST_CASE("joins nest to the left") {
  CHECK(query_tree("SELECT 1 FROM a LEFT JOIN b ON a.x = b.x JOIN STATIC c USING (x, y), d") ==
        "select\n"
        "  item 1\n"
        "  from\n"
        "    CROSS JOIN\n"
        "      INNER JOIN STATIC USING (x, y)\n"
        "        LEFT JOIN\n"
        "          table a\n"
        "          table b\n"
        "          on (a.x = b.x)\n"
        "        table c\n"
        "      table d\n");
}

TEST_CASE("every kind of join") {
  const auto kind = [](const std::string& words) {
    const std::string tree = query_tree("SELECT 1 FROM a " + words + " b");
    const size_t begin = tree.find("from\n") + 9;
    return tree.substr(begin, tree.find('\n', begin) - begin);
  };
  CHECK(kind("JOIN") == "INNER JOIN");
  CHECK(kind("INNER JOIN") == "INNER JOIN");
  CHECK(kind("LEFT OUTER JOIN") == "LEFT JOIN");
  CHECK(kind("RIGHT JOIN") == "RIGHT JOIN");
  CHECK(kind("FULL OUTER JOIN") == "FULL JOIN");
  CHECK(kind("CROSS JOIN") == "CROSS JOIN");
  CHECK(kind("LEFT SEMI JOIN") == "LEFT SEMI JOIN");
  CHECK(kind("ANTI JOIN") == "LEFT ANTI JOIN");
  CHECK(kind("NATURAL LEFT JOIN") == "NATURAL LEFT JOIN");
}

TEST_CASE("words of joins are still names") {
  CHECK(query_tree("SELECT left(a, 1) FROM left AS full JOIN static AS right ON true").find("INNER JOIN") !=
        std::string::npos);
}

TEST_CASE("subqueries, values and aliases in FROM") {
  CHECK(query_tree("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(x, y)") ==
        "select\n  item *\n  from\n    subquery AS t (x, y)\n      values\n        row 1, 'a'\n        row 2, 'b'\n");
  CHECK(query_tree("SELECT * FROM VALUES (1), (2) AS t(x)") ==
        "select\n  item *\n  from\n    values\n      row 1\n      row 2\n");
  CHECK(query_tree("SELECT * FROM (SELECT 1) s") ==
        "select\n  item *\n  from\n    subquery AS s\n      select\n        item 1\n");
  CHECK(query_tree("SELECT * FROM ((SELECT 1) UNION ALL (SELECT 2)) t") ==
        "select\n  item *\n  from\n    subquery AS t\n      union all\n        select\n          item 1\n        select\n   "
        "       item 2\n");
}

TEST_CASE("window functions over relations in three dialects") {
  const std::string flink =
      query_tree("SELECT * FROM TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) w");
  CHECK(flink ==
        "select\n"
        "  item *\n"
        "  from\n"
        "    function HOP AS w\n"
        "      argument\n"
        "        table s\n"
        "      argument DESCRIPTOR(ts)\n"
        "      argument INTERVAL '5' SECOND\n"
        "      argument INTERVAL '10' SECOND\n");
  CHECK(query_tree("SELECT * FROM TABLE(TUMBLE(DATA => TABLE s, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL 5 SECONDS))")
            .find("argument SIZE => INTERVAL '5' SECOND") != std::string::npos);
  CHECK(query_tree("SELECT * FROM TUMBLE(s, ts, INTERVAL '5' SECOND)").find("function TUMBLE") != std::string::npos);
}

TEST_CASE("ksqlDB's WINDOW clause") {
  const auto window = [](const std::string& clause) {
    const std::string tree = query_tree("SELECT k FROM s " + clause + " GROUP BY k");
    const size_t begin = tree.find("window ");
    return begin == std::string::npos ? tree : tree.substr(begin, tree.find('\n', begin) - begin);
  };
  CHECK(window("WINDOW TUMBLING (SIZE 5 SECONDS)") == "window tumbling INTERVAL '5' SECOND");
  CHECK(window("WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS)") ==
        "window hopping INTERVAL '10' SECOND advance by INTERVAL '5' SECOND");
  CHECK(window("WINDOW SESSION (5 MINUTES)") == "window session INTERVAL '5' MINUTE");
  CHECK(window("window tumbling (size 1m30s)") == "window tumbling INTERVAL '1 minutes 30 seconds'");
}

TEST_CASE("lateral views stand on all of FROM") {
  CHECK(query_tree("SELECT word FROM t LATERAL VIEW OUTER explode(split(q, ' ')) w AS word") ==
        "select\n  item word\n  from\n    lateral view outer explode(split(q, ' ')) w AS word\n      table t\n");
  CHECK(query_tree("SELECT p FROM t LATERAL VIEW posexplode(x) AS p, c").find("lateral view posexplode(x) AS p, c") !=
        std::string::npos);
}

TEST_CASE("GROUP BY in every form") {
  const auto groups = [](const std::string& clause) {
    const std::string tree = query_tree("SELECT 1 FROM t GROUP BY " + clause);
    return tree.substr(tree.find("group by"));
  };
  CHECK(groups("a, b WITH CUBE") == "group by\n    cube (a) (b)\n");
  CHECK(groups("CUBE(a, (b, c)), d") == "group by\n    cube (a) (b, c)\n    d\n");
  CHECK(groups("ROLLUP(a, b)") == "group by\n    rollup (a) (b)\n");
  CHECK(groups("GROUPING SETS ((a, b), a, ())") == "group by\n    grouping sets (a, b) (a) ()\n");
  CHECK(groups("a, b GROUPING SETS ((a, b), ())") == "group by\n    of a, b\n    grouping sets (a, b) ()\n");
  CHECK(groups("GROUPING SETS (CUBE(a, b), ROLLUP(c))") == "group by\n    grouping sets (a, b) (a) (b) () (c) ()\n");
  CHECK(groups("ALL") == "group by all\n");
}

TEST_CASE("EMIT: modes, synonyms and triggers") {
  const auto emit = [](const std::string& words) {
    const std::string tree = query_tree("SELECT 1 EMIT " + words);
    const size_t begin = tree.find("emit");
    return begin == std::string::npos ? tree : tree.substr(begin, tree.size() - begin - 1);
  };
  CHECK(emit("COMPLETE EVERY 2 SECONDS") == "emit complete every INTERVAL '2' SECOND");
  CHECK(emit("CHANGES") == "emit update");
  CHECK(emit("FINAL") == "emit append");
  CHECK(emit("ON WINDOW CLOSE") == "emit append");
  CHECK(emit("UPDATE EVERY 500 MILLISECONDS") == "emit update every INTERVAL '500' MILLISECOND");
  CHECK(emit("EVERY 1000 ROWS") == "emit every 1000 rows");
  CHECK(emit("EVERY '2 seconds'") == "emit every INTERVAL '2' SECOND");
  CHECK(emit("EVERY 1m30s") == "emit every INTERVAL '1 minutes 30 seconds'");
  CHECK(emit("APPEND PER RECORD") == "emit append per record");
  CHECK(emit("ONCE") == "emit once");
  CHECK(emit("AUTO LATENCY 5 MS") == "emit auto latency INTERVAL '5' MILLISECOND");
}

TEST_CASE("INTERSECT binds tighter than UNION and EXCEPT") {
  CHECK(query_tree("SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4 LIMIT 1") ==
        "except\n"
        "  union all\n"
        "    select\n"
        "      item 1\n"
        "    intersect\n"
        "      select\n"
        "        item 2\n"
        "      select\n"
        "        item 3\n"
        "  select\n"
        "    item 4\n"
        "limit 1\n");
}

TEST_CASE("a parenthesised query keeps its own LIMIT") {
  CHECK(query_tree("(SELECT 1 LIMIT 1) LIMIT 2") == "parentheses\n  select\n    item 1\n  limit 1\nlimit 2\n");
}

TEST_CASE("subqueries in expressions are shown below their clause") {
  CHECK(query_tree("SELECT 1 FROM t WHERE a IN (SELECT b FROM u) AND EXISTS (SELECT 2)") ==
        "select\n"
        "  item 1\n"
        "  from\n"
        "    table t\n"
        "  where ((a IN (listquery())) AND exists())\n"
        "    select\n"
        "      item b\n"
        "      from\n"
        "        table u\n"
        "    select\n"
        "      item 2\n");
}

TEST_CASE("common tables, named windows, QUALIFY") {
  CHECK(query_tree("WITH a AS (SELECT 1), b (x) AS (SELECT 2) SELECT 3") ==
        "with a\n  select\n    item 1\nwith b (x)\n  select\n    item 2\nselect\n  item 3\n");
  CHECK(query_tree("SELECT rank() OVER w r FROM t QUALIFY r = 1 WINDOW w AS (PARTITION BY c)") ==
        "select\n  item rank() OVER w AS r\n  from\n    table t\n  qualify (r = 1)\n  window w partition by c\n");
  CHECK(tree_of("WITH a AS (SELECT 1) INSERT INTO o SELECT * FROM a").find("INSERT INTO o\n  with a") == 0);
}

TEST_CASE("explode under several names") {
  CHECK(query_tree("SELECT posexplode(x) AS (pos, col)") == "select\n  item posexplode(x) AS (pos, col)\n");
}
