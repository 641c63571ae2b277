#include <catch2/catch.hpp>

#include "tests/unit/compiler/analysis/analysis_fixture.h"

namespace millrace {

namespace {

std::string join_of(const std::string& sql) {
  const std::string plan = analyze_query(sql).plan();
  const size_t end = plan.find("Join");
  REQUIRE(end != std::string::npos);
  const size_t begin = plan.rfind(' ', end) + 1;
  return plan.substr(begin, plan.find(" [", begin) - begin);
}

}  // namespace

TEST_CASE("equalities of both sides are keys, the rest is a condition") {
  CHECK(join_of("SELECT 1 FROM iot JOIN users u ON u.User = iot.s AND u.age > iot.i") ==
        "InnerJoin on s = User where (age > i)");
  CHECK(join_of("SELECT 1 FROM iot LEFT JOIN users u ON iot.i = u.age AND u.age > 3") ==
        "LeftJoin on i = age where (age > 3)");
  CHECK(join_of("SELECT 1 FROM iot JOIN users ON c = age") == "InnerJoin on c = CAST(age AS BIGINT)");
}

TEST_CASE("the static side is built, whichever side it is written on") {
  CHECK(join_of("SELECT 1 FROM users JOIN iot ON User = s") == "InnerJoin on s = User");
  CHECK(join_of("SELECT 1 FROM users RIGHT JOIN iot ON User = s") == "LeftJoin on s = User");
  CHECK(names_of("SELECT u.*, i FROM users u JOIN iot ON User = s") == "User FirstName age i");
}

TEST_CASE("comma joins take their keys from WHERE") {
  CHECK(join_of("SELECT 1 FROM iot, users WHERE s = User AND i > 0") == "InnerJoin on s = User");
  CHECK(join_of("SELECT 1 FROM iot, users") == "CrossJoin");
  const std::string plan = analyze_query("SELECT 1 FROM iot, users a, users b WHERE s = a.User AND a.age = b.age").plan();
  CHECK(plan.find("InnerJoin on age = age") != std::string::npos);
  CHECK(plan.find("InnerJoin on s = User") != std::string::npos);
  CHECK(plan.find("CrossJoin") == std::string::npos);
}

TEST_CASE("USING and NATURAL give one column for both") {
  const std::string left = "(SELECT s AS User, i FROM iot) v";
  CHECK(names_of("SELECT * FROM " + left + " JOIN users USING (User)") == "User i FirstName age");
  CHECK(names_of("SELECT * FROM " + left + " NATURAL JOIN users") == "User i FirstName age");
  CHECK(names_of("SELECT * FROM users NATURAL JOIN " + left) == "User FirstName age i");
  CHECK(names_of("SELECT users.User AS u FROM " + left + " LEFT JOIN users USING (user)") == "u");
  CHECK(error_of("SELECT * FROM iot JOIN users USING (User)") == "the left side of the join has no column 'User'");
}

TEST_CASE("a name that both sides have must be qualified") {
  CHECK(error_of("SELECT age FROM users a JOIN users b ON a.User = b.User") ==
        "column 'age' is ambiguous | write a.age or b.age");
  CHECK(error_of("SELECT a.age FROM users a JOIN users b ON a.User = b.User") == "no error");
}

TEST_CASE("the right side of a left join may be missing") {
  const Analyzed analyzed =
      analyze_query("SELECT FirstName FROM iot LEFT JOIN (SELECT * FROM users WHERE FirstName IS NOT NULL) u ON s = User");
  CHECK(analyzed.query().root->schema[0].nullable);
}

TEST_CASE("joins that cannot end or are not built say so") {
  CHECK(error_of("SELECT 1 FROM users LEFT JOIN iot ON User = s").starts_with("the join would have to keep rows of a table"));
  CHECK(error_of("SELECT 1 FROM users LEFT JOIN iot ON User = s EMIT UPDATE") == "no error");
  CHECK(error_of("SELECT 1 FROM iot JOIN STATIC plain USING (i)") == "JOIN STATIC asserts a table, but this is a stream");
  CHECK(error_of("SELECT 1 FROM iot FULL JOIN users ON s = User").starts_with("the join would have to keep rows"));
  CHECK(error_of("SELECT 1 FROM users LEFT ANTI JOIN iot ON s = User").starts_with("the join would have to keep rows"));
}

TEST_CASE("semi and anti joins show the left side, full joins whichever copy of a USING column is there") {
  CHECK(names_of("SELECT * FROM iot LEFT SEMI JOIN users ON s = User") == names_of("SELECT * FROM iot"));
  CHECK(names_of("SELECT * FROM users a FULL JOIN users b USING (User)") == "User FirstName age FirstName age");
  CHECK(error_of("SELECT FirstName FROM iot LEFT ANTI JOIN users ON s = User").starts_with("unknown column 'FirstName'"));
}

}  // namespace millrace
