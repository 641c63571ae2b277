#include "compiler/base/source_text.h"

#include <catch2/catch.hpp>

using millrace::SourceText;

TEST_CASE("positions count lines and code points from 1") {
  const SourceText source("q.sql", "SELECT é, 日本\nFROM t\r\nWHERE x\n");
  CHECK(source.position(0).line == 1);
  CHECK(source.position(0).column == 1);
  const auto comma = static_cast<uint32_t>(source.text().find(','));
  CHECK(source.position(comma).column == 9);
  const auto where = static_cast<uint32_t>(source.text().find("WHERE"));
  CHECK(source.position(where).line == 3);
  CHECK(source.position(where).column == 1);
}

TEST_CASE("a line comes without its end-of-line characters") {
  const SourceText source("q.sql", "a\nb\r\n\nc");
  CHECK(source.line(1) == "a");
  CHECK(source.line(2) == "b");
  CHECK(source.line(3).empty());
  CHECK(source.line(4) == "c");
  CHECK(source.line(5).empty());
  CHECK(source.line(0).empty());
}

TEST_CASE("offsets and spans past the end are cut to it") {
  const SourceText source("q.sql", "ab");
  CHECK(source.position(99).column == 3);
  CHECK(source.slice({1, 99}) == "b");
  CHECK(source.slice({50, 99}).empty());
}

TEST_CASE("an empty file has one empty line") {
  const SourceText source("q.sql", "");
  CHECK(source.position(0).line == 1);
  CHECK(source.line(1).empty());
}
