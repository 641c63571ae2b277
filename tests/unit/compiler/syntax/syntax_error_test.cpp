#include <catch2/catch.hpp>

#include "parsing.h"

using namespace millrace;

TEST_CASE("a misspelled keyword is told from its neighbours") {
  CHECK(error_of("SELCT * FROM t") == "1:1: 'SELCT' begins no statement — did you mean 'SELECT'?");
  CHECK(error_of("SELECT a FORM t") == "1:10: unexpected 'FORM' — did you mean 'FROM'?");
  CHECK(error_of("SELECT gt, count(*) n FORM t") == "1:23: unexpected 'FORM' — did you mean 'FROM'?");
  CHECK(error_of("SELECT a FROM t GRUOP BY a") == "1:17: unexpected 'GRUOP' — did you mean 'GROUP'?");
  CHECK(error_of("SELECT 1 FROM t LEFT JION u ON a = b") == "1:22: unexpected 'JION' — did you mean 'JOIN'?");
  CHECK(error_of("SELECT 1 EMIT COMPLET") == "1:15: unexpected 'COMPLET' — did you mean 'COMPLETE'?");
  CHECK(error_of("SELECT 1 EMIT COMPLETE EVRY 2 SECONDS") == "1:24: unexpected 'EVRY' — did you mean 'EVERY'?");
  CHECK(error_of("CREATE STREEM s (a INT)") == "1:8: unexpected 'STREEM' — did you mean 'STREAM'?");
}

TEST_CASE("what was expected is said in words") {
  CHECK(error_of("SELECT * FROM t WHERE") == "1:22: the statement ends too early: expected an expression");
  CHECK(error_of("SELECT a FROM t ORDER a") == "1:23: unexpected 'a': expected BY");
  CHECK(error_of("CREATE STREAM (a INT)") == "1:15: unexpected '(': expected a name");
  CHECK(error_of("SELECT a FROM t UNION b") == "1:23: unexpected 'b': expected a query, ALL or DISTINCT");
  CHECK(error_of("SELECT CASE WHEN a THEN b") == "1:26: the statement ends too early: expected ELSE, WHEN or END");
  CHECK(error_of("SELECT a BETWEEN 1") == "1:19: the statement ends too early: expected AND");
  CHECK(error_of("SELECT 1 FROM") == "1:14: the statement ends too early: expected a relation");
  CHECK(error_of("CREATE STREAM s WITH (connector 'x')") == "1:33: unexpected 'x': expected '='");
  CHECK(error_of("CREATE STREAM s WITH (connector = )") == "1:35: unexpected ')': expected a value");
  CHECK(error_of("SHOW") == "1:5: the statement ends too early: expected a name");
}

TEST_CASE("brackets, commas and reserved words") {
  CHECK(error_of("SELECT (a + b FROM t") == "1:15: a ')' is missing before 'FROM' [the '(' at 1:8 is not closed]");
  CHECK(error_of("SELECT a) FROM t") == "1:9: this ')' closes nothing");
  CHECK(error_of("SELECT a, FROM t") ==
        "1:11: unexpected 'FROM' after ',': expected an expression [is the ',' before it one too many?]");
  CHECK(error_of("SELECT order FROM t") ==
        "1:8: unexpected 'order': expected an expression ['order' is a reserved word; as a name, quote it: \"order\"]");
  CHECK(error_of("DROP STREAM table") ==
        "1:13: 'table' is a reserved word, but a name is expected here [as a name, quote it: \"table\"]");
  CHECK(error_of("SELECT a. FROM t").find("1:11: 'FROM' is a reserved word") == 0);
}

TEST_CASE("what never ends is told where it starts") {
  CHECK(error_of("SELECT 1;\nSELECT 'abc FROM t;") ==
        "2:8: this string never ends [close it with '; a quote inside a string is written '']");
  CHECK(error_of("SELECT \"abc FROM t") == "1:8: this quoted name never ends [strings take single quotes: '…']");
  CHECK(error_of("SELECT 1 /* abc") == "1:10: this comment never ends [close it with */]");
  CHECK(error_of(R"(SELECT E'a\')").find("1:8: this string never ends") == 0);
}

TEST_CASE("characters and numbers that are none") {
  CHECK(error_of("SELECT ‘a’") ==
        "1:8: unexpected character '‘' [strings take the plain quote ', names the plain quote \"]");
  CHECK(error_of("SELECT 12abc").find("1:8: '12abc' is neither a number nor a name") == 0);
  CHECK(error_of("SELECT $x") == "1:8: unexpected character '$'");
  CHECK(error_of("SELECT 'a\xFF'") == "1:10: the text is not UTF-8 [save the file as UTF-8]");
  CHECK(error_of(R"(SELECT E'a\q')").find("1:11: unknown escape") == 0);
  CHECK(error_of("SELECT x'1'") == "1:8: x'…' takes two digits a byte");
}

TEST_CASE("mistakes that the grammar lets pass are told by the builder") {
  CHECK(error_of("SELECT a IN 5") == "1:13: IN takes a list or a query in parentheses [such as x IN ('a', 'b')]");
  CHECK(error_of("SELECT 1 EMIT EVERY 2") ==
        "1:21: a unit is missing after this number [such as EVERY 2 SECONDS or EVERY 1000 ROWS]");
  CHECK(error_of("SELECT 1 EMIT").find("1:10: EMIT says nothing") == 0);
  CHECK(error_of("SELECT INTERVAL '5 foo'").find("1:17: this is no duration") == 0);
  CHECK(error_of("SELECT ()") == "1:8: an expression is missing between the parentheses");
  CHECK(error_of("SELECT FOO 'x'").find("1:12: unexpected string after 'FOO'") == 0);
  CHECK(error_of("VALUES (1, 2), (3)") == "1:16: this row has 1 values, the first has 2");
  CHECK(error_of("CREATE TABLE t AS SELECT 1").find("not supported yet: CREATE TABLE") != std::string::npos);
  CHECK(error_of("SELECT f(SELECT 1)").find("a query as an argument stands in parentheses") != std::string::npos);
  CHECK(error_of("DELETE FROM t").find("1:1: there is no DELETE statement") == 0);
}

TEST_CASE("one run reports every statement's first error and keeps the others") {
  const SourceText source("q.sql", "SELECT 1;\nSELCT 2;\nSELECT 3;\nSELECT FROM;\nSHOW TABLES");
  const ParseResult result = parse_script(source);
  CHECK(result.script.statements.size() == 3);
  REQUIRE(result.diagnostics.size() == 2);
  CHECK(source.position(result.diagnostics[0].span.begin).line == 2);
  CHECK(source.position(result.diagnostics[1].span.begin).line == 4);
}

TEST_CASE("nesting is limited, width is not") {
  const auto repeat = [](const std::string& text, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i) out += text;
    return out;
  };
  CHECK(error_of("SELECT " + repeat("(", 240) + "1" + repeat(")", 240)).empty());
  CHECK(error_of("SELECT " + repeat("(", 100000) + "1").find("nested more than 250 levels deep") != std::string::npos);
  CHECK(error_of("SELECT " + repeat("end(", 600) + "1" + repeat(")", 600)).find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT " + repeat("NOT ", 100000) + "a").find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT " + repeat("- ", 100000) + "a").find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT 1" + repeat(" + 1", 100000)).find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT a" + repeat("::INT", 100000)).find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT CAST(a AS " + repeat("ARRAY<", 100000)).find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT 1" + repeat(" UNION ALL SELECT 1", 10000)).find("nested more than") != std::string::npos);
  CHECK(error_of("SELECT a" + repeat(" OR a < 1", 5000)).empty());
  CHECK(error_of("SELECT 1" + repeat(", 1", 5000)).empty());
}
