#include "compiler/expr/like_match.h"

#include <catch2/catch.hpp>

using millrace::expr::like_match;

TEST_CASE("LIKE matches whole strings") {
  CHECK(like_match("stairsup", "stairs%", '\\'));
  CHECK(like_match("stairsup", "%airs%", '\\'));
  CHECK_FALSE(like_match("stairsup", "stairs", '\\'));
  CHECK(like_match("", "%", '\\'));
  CHECK(like_match("", "", '\\'));
  CHECK_FALSE(like_match("", "_", '\\'));
  CHECK(like_match("abcbcd", "a%bcd", '\\'));
  CHECK_FALSE(like_match("abcbc", "a%bcd", '\\'));
}

TEST_CASE("an underscore is one code point") {
  CHECK(like_match("é", "_", '\\'));
  CHECK_FALSE(like_match("é", "__", '\\'));
  CHECK(like_match("aéb", "%_b", '\\'));
}

TEST_CASE("an escaped wildcard stands for itself") {
  CHECK(like_match("100%", "100\\%", '\\'));
  CHECK_FALSE(like_match("1000", "100\\%", '\\'));
  CHECK(like_match("a_b", "a#_b", '#'));
  CHECK_FALSE(like_match("axb", "a#_b", '#'));
  CHECK(like_match("a\\b", "a\\\\b", '\\'));
}
