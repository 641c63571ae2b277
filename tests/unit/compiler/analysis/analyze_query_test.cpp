#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

TEST_CASE("output columns are spelled as the query spells them") {
  CHECK(names_of("SELECT GT, I AS Number, count(*) FROM iot GROUP BY gt, i") == "GT Number count(*)");
  CHECK(names_of("SELECT * EXCEPT (c, D) FROM iot") == "i s gt x b t");
  CHECK(names_of("SELECT iot.* EXCEPT (c), 1 AS one FROM iot") == "i s gt x b d t one");
  CHECK(error_of("SELECT * EXCEPT (gtt) FROM iot") == "EXCEPT names no column of '*': 'gtt' — did you mean 'gt'?");
  CHECK(error_of("SELECT iott.* FROM iot") == "no relation 'iott' here — did you mean 'iot'?");
}

TEST_CASE("a select alias serves the items after it") {
  CHECK(bound("i + 1 AS k, k * 2 AS m") == std::vector<std::string>{"(i + 1)", "((i + 1) * 2)"});
  CHECK(error_of("SELECT k * 2, i AS k FROM iot").starts_with("unknown column 'k'"));
}

TEST_CASE("common tables see those before them and hide tables") {
  CHECK(names_of("WITH a AS (SELECT i FROM iot), b(z) AS (SELECT i + 1 FROM a) SELECT * FROM b") == "z");
  CHECK(names_of("WITH users AS (SELECT i AS q FROM iot) SELECT * FROM users") == "q");
  CHECK(error_of("WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a")
            .starts_with("unknown stream, table or view 'b'"));
  CHECK(error_of("WITH a AS (SELECT 1), A AS (SELECT 2) SELECT * FROM a") == "WITH names 'A' twice");
}

TEST_CASE("VALUES have a common type a column and may be named") {
  const Analyzed analyzed = analyze_query("SELECT * FROM (VALUES (1, 'a'), (2L, NULL)) AS t(x, y)");
  CHECK(analyzed.query().root->schema == Schema{{"x", TypeKind::BigInt, false}, {"y", TypeKind::String, true}});
  CHECK(names_of("SELECT * FROM VALUES (1), (2)") == "col1");
  CHECK(error_of("SELECT * FROM (VALUES (1), (TRUE)) t") == "the values of a column have no common type: INT and BOOLEAN");
  CHECK(error_of("SELECT * FROM (VALUES (1, 2)) t(a)") == "the alias names 1 columns, but there are 2");
}

TEST_CASE("UNION casts its sides to common types") {
  const Analyzed analyzed = analyze_query("SELECT i, gt FROM iot UNION ALL SELECT c, s FROM iot");
  CHECK(analyzed.query().root->schema[0] == Column{"i", TypeKind::BigInt, true});
  CHECK(error_of("SELECT i, i FROM iot UNION ALL SELECT i FROM iot") ==
        "the sides of UNION have different numbers of columns: 2 and 1");
  CHECK(error_of("SELECT b FROM iot UNION ALL SELECT i FROM iot").starts_with("column 1 of UNION has no common type"));
  CHECK(error_of("SELECT i FROM iot UNION ALL SELECT age FROM users") == "no error");
  CHECK(analyze_query("SELECT age FROM users UNION SELECT 1").plan().find("Distinct by age") != std::string::npos);
}

TEST_CASE("ORDER BY takes aliases, positions and columns that are not selected") {
  const std::string plan = analyze_query("SELECT FirstName AS f FROM users ORDER BY age DESC, f, 1 LIMIT 3 OFFSET 2").plan();
  CHECK(plan.find("Sort age DESC NULLS LAST, f ASC NULLS FIRST, f ASC NULLS FIRST") != std::string::npos);
  CHECK(plan.find("Limit 3 offset 2") != std::string::npos);
  CHECK(names_of("SELECT FirstName AS f FROM users ORDER BY age") == "f");
  CHECK(error_of("SELECT age FROM users ORDER BY 2") == "ORDER BY position 2 is not in the select list, which has 1 column");
  CHECK(error_of("SELECT age FROM users LIMIT -1") != "no error");
  CHECK(error_of("SELECT age FROM users LIMIT 1.5").starts_with("LIMIT takes a whole number of rows"));
}

TEST_CASE("a query without FROM is one row; a bare NULL is printed as a STRING's") {
  const Analyzed analyzed = analyze_query("SELECT 1 + 1 AS two, NULL AS n");
  CHECK(analyzed.query().root->schema == Schema{{"two", TypeKind::Int, true}, {"n", TypeKind::String, true}});
  CHECK_FALSE(analyzed.query().streaming);
}

TEST_CASE("queries of one stream share its source") {
  const Analyzed analyzed = analyze_query("SELECT i FROM iot UNION ALL SELECT i FROM iot");
  CHECK(analyzed.query().sources.size() == 1);
}

}  // namespace millrace
