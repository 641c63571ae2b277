#include <catch2/catch.hpp>
#include <vector>

#include "runtime/abi/calls/strings.h"
#include "runtime/hot/like.h"
#include "runtime/hot/strings.h"
#include "tests/unit/runtime/functions/call.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

std::string substring(std::string_view s, int64_t position, int64_t length) {
  const StringRef r = ref(s);
  StringRef out;
  mr_substring(&r, position, length, &out);
  return text(out);
}

bool like(std::string_view s, std::string_view pattern) {
  const StringRef r = ref(s);
  const StringRef p = ref(pattern);
  return mr_like(&r, &p, '\\');
}

bool contains(std::string_view s, std::string_view part) {
  const StringRef r = ref(s);
  const StringRef p = ref(part);
  return mr_contains(&r, &p);
}

std::string split_part(std::string_view s, std::string_view delimiter, int64_t n) {
  const StringRef r = ref(s);
  const StringRef d = ref(delimiter);
  StringRef out;
  return mr_split_part(&r, &d, n, &out) ? text(out) : "NULL";
}

}  // namespace

TEST_CASE("substring counts characters, from the end too") {
  CHECK(substring("Spark", 2, 3) == "par");
  CHECK(substring("Spark", 0, 2) == "Sp");
  CHECK(substring("Spark", -3, 2) == "ar");
  CHECK(substring("abc", -5, 3) == "a");
  CHECK(substring("abc", -5, 1) == "");
  CHECK(substring("abc", 2, INT64_MAX) == "bc");
  CHECK(substring("abc", 2, -1) == "");
  CHECK(substring("abc", INT64_MIN, 5).empty());
  CHECK(substring("éàü", 2, 1) == "à");
  CHECK(substring("éàü", -1, 9) == "ü");
  CHECK(substring("", 1, 1) == "");
}

TEST_CASE("left, right and trims give parts of their argument") {
  const StringRef s = ref("  né ");
  StringRef out;
  mr_trim(&s, &out);
  CHECK(text(out) == "né");
  mr_left(&s, 3, &out);
  CHECK(text(out) == "  n");
  mr_right(&s, 2, &out);
  CHECK(text(out) == "é ");
  mr_right(&s, -2, &out);
  CHECK(text(out).empty());
  const StringRef set = ref("é ");
  mr_trim_set(&set, &s, &out);
  CHECK(text(out) == "n");
}

TEST_CASE("a needle of any size is found in short and long haystacks") {
  const std::string long_text = std::string(100, 'x') + "needle" + std::string(50, 'y');
  for (const std::string& haystack : {std::string("stairsdown"), long_text}) {
    for (size_t from = 0; from < haystack.size(); from += 3) {
      for (size_t size = 0; size <= haystack.size() - from && size < 20; ++size) {
        REQUIRE(contains(haystack, haystack.substr(from, size)));
      }
    }
    CHECK(!contains(haystack, "zz"));
    CHECK(!contains(haystack, "stairsdowN"));
  }
  CHECK(contains("", ""));
  CHECK(!contains("", "a"));
  CHECK(!contains("walk", "stairs"));
}

TEST_CASE("LIKE matches the whole string") {
  CHECK(like("stairsdown", "%stairs%"));
  CHECK(like("stairsdown", "st%d_wn"));
  CHECK(!like("stairsdown", "stairs"));
  CHECK(like("", "%%"));
  CHECK(!like("", "_"));
  CHECK(like("é", "_"));
  CHECK(like("aéb", "a_b"));
  CHECK(like("a%b", "a\\%b"));
  CHECK(!like("axb", "a\\%b"));
  CHECK(like("a\\b", "a\\\\b"));
  CHECK(like("aaaaaaaaab", "%a%a%a%b"));
  CHECK(!like("aaaaaaaaac", "%a%a%a%b"));
  CHECK(like("line\nbreak", "%e%k"));
}

TEST_CASE("a LIKE pattern's escapes are checked") {
  const auto valid = [](std::string_view pattern) {
    const StringRef p = ref(pattern);
    return mr_like_pattern_valid(&p, '\\');
  };
  CHECK(valid("a\\%\\_\\\\"));
  CHECK(!valid("a\\b"));
  CHECK(!valid("a\\"));
}

TEST_CASE("ILIKE ignores letter case beyond ASCII") {
  const StringRef s = ref("ÉTÉ Chaud");
  const StringRef p = ref("été %D");
  CHECK(mr_ilike(&s, &p, '\\'));
}

TEST_CASE("letter case follows Unicode") {
  CHECK(map(&mr_upper, "straße é") == "STRASSE É");
  CHECK(map(&mr_lower, "ÀÉΩЖ") == "àéωж");
  CHECK(map(&mr_initcap, "sPARK sQL") == "Spark Sql");
  CHECK(map(&mr_reverse, "aé€") == "€éa");
}

TEST_CASE("split_part counts from both ends") {
  CHECK(split_part("11.12.13", ".", 1) == "11");
  CHECK(split_part("11.12.13", ".", 3) == "13");
  CHECK(split_part("11.12.13", ".", 4).empty());
  CHECK(split_part("11.12.13", ".", -1) == "13");
  CHECK(split_part("11.12.13", ".", -4).empty());
  CHECK(split_part("a.", ".", 2).empty());
  CHECK(split_part("a.b", "", 1) == "a.b");
  CHECK(split_part("a", ".", 0) == "NULL");
}

TEST_CASE("locate counts characters from 1") {
  const StringRef s = ref("éabab");
  const StringRef part = ref("ab");
  CHECK(mr_locate(&part, &s) == SqlInt{2});
  CHECK(mr_locate_from(&part, &s, 3) == SqlInt{4});
  CHECK(mr_locate_from(&part, &s, 0) == SqlInt{0});
  CHECK(mr_locate_from(&part, &s, 5) == SqlInt{0});
}

TEST_CASE("strings are padded, repeated, replaced and joined") {
  StringRef out;
  const StringRef hi = ref("hé");
  const StringRef pad = ref("ab");
  REQUIRE(mr_lpad(&context(), &hi, 5, &pad, &out));
  CHECK(text(out) == "abahé");
  REQUIRE(mr_rpad(&context(), &hi, 1, &pad, &out));
  CHECK(text(out) == "h");
  REQUIRE(mr_rpad_blanks(&context(), &hi, -1, &out));
  CHECK(text(out).empty());
  CHECK(!mr_repeat(&context(), &hi, INT64_MAX, &out));
  CHECK(!mr_lpad(&context(), &hi, INT64_MAX, &pad, &out));
  CHECK((mr_lpad(&context(), &hi, INT64_MIN, &pad, &out) && text(out).empty()));
  const StringRef aXbX = ref("aXbX");
  const StringRef x = ref("X");
  const StringRef yy = ref("yy");
  REQUIRE(mr_replace(&context(), &aXbX, &x, &yy, &out));
  CHECK(text(out) == "ayybyy");
  const std::vector<StringRef> parts{{nullptr, 0}, ref("a"), {nullptr, 0}, ref(""), ref("b")};
  const StringRef dash = ref("-");
  REQUIRE(mr_concat_ws(&context(), &dash, parts.data(), 5, &out));
  CHECK(text(out) == "a--b");
  CHECK(!mr_concat(&context(), parts.data(), 5, &out));
  const StringRef spark = ref("Spark SQL");
  const StringRef core = ref("CORE");
  REQUIRE(mr_overlay_same_length(&context(), &spark, &core, 7, &out));
  CHECK(text(out) == "Spark CORE");
  const StringRef from = ref("aé");
  const StringRef to = ref("€");
  const StringRef word = ref("baéa");
  mr_translate(&context(), &word, &from, &to, &out);
  CHECK(text(out) == "b€€");
}

TEST_CASE("numbers are formatted with commas") {
  StringRef out;
  REQUIRE(mr_format_number(&context(), -1234567.891, 2, &out));
  CHECK(text(out) == "-1,234,567.89");
  REQUIRE(mr_format_number(&context(), 0.5, 0, &out));
  CHECK(text(out) == "0");
  REQUIRE(mr_format_number_int(&context(), 123, 2, &out));
  CHECK(text(out) == "123.00");
  CHECK(!mr_format_number(&context(), 1, -1, &out));
}

TEST_CASE("distances and codes of words") {
  const StringRef kitten = ref("kitten");
  const StringRef sitting = ref("sitting");
  CHECK(mr_levenshtein(&kitten, &sitting) == SqlInt{3});
  CHECK(map(&mr_soundex, "Miller") == "M460");
  CHECK(map(&mr_soundex, "Ashcraft") == "A261");
  const StringRef good = ref("8112189876");
  const StringRef bad = ref("8112189875");
  CHECK(mr_luhn_check(&good));
  CHECK(!mr_luhn_check(&bad));
}

TEST_CASE("soundex agrees with Spark on names") {
  for (auto [name, code] : {std::pair{"Robert", "R163"}, {"Ashcroft", "A261"}, {"Gutierrez", "G362"}, {"Lukasiewicz", "L222"},
                            {"Tymczak", "T522"}, {"O'Hara", "O600"}, {"Lloyd", "L300"}, {"Jackson", "J250"}, {"123", "123"}}) {
    CHECK(map(&mr_soundex, name) == code);
  }
}
