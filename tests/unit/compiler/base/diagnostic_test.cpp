#include "compiler/base/diagnostic.h"

#include <catch2/catch.hpp>

using millrace::Diagnostic;
using millrace::render;
using millrace::Severity;
using millrace::SourceText;

namespace {

Diagnostic error_at(uint32_t begin, uint32_t end) { return {Severity::Error, {begin, end}, "wrong", ""}; }

}  // namespace

TEST_CASE("a diagnostic shows place, line, carets and hint") {
  const SourceText source("q.sql", "SELECT 1;\nSELECT gtt FROM iot;");
  const Diagnostic diagnostic{Severity::Error, {17, 20}, "unknown column 'gtt'", "did you mean 'gt'?"};
  CHECK(render(source, diagnostic) ==
        "q.sql:2:8: error: unknown column 'gtt'\n"
        "  SELECT gtt FROM iot;\n"
        "         ^^^\n"
        "hint: did you mean 'gt'?\n");
}

TEST_CASE("tabs before the span stay tabs") {
  const SourceText source("q.sql", "\tSELECT x");
  CHECK(render(source, error_at(8, 9)) == "q.sql:1:9: error: wrong\n  \tSELECT x\n  \t       ^\n");
}

TEST_CASE("carets count characters, and wide ones twice") {
  const SourceText source("q.sql", "é 日本 x");
  CHECK(render(source, error_at(3, 9)) == "q.sql:1:3: error: wrong\n  é 日本 x\n    ^^^^\n");
}

TEST_CASE("a span over several lines is marked on its first") {
  const SourceText source("q.sql", "SELECT\nx");
  CHECK(render(source, error_at(0, 8)) == "q.sql:1:1: error: wrong\n  SELECT\n  ^^^^^^\n");
}

TEST_CASE("an empty span at the end of the text gets one caret") {
  const SourceText source("q.sql", "SELECT");
  CHECK(render(source, error_at(6, 6)) == "q.sql:1:7: error: wrong\n  SELECT\n        ^\n");
}

TEST_CASE("bytes that are no UTF-8 do no harm") {
  const SourceText source("q.sql", "a \xFF\xF0 b");
  CHECK_NOTHROW(render(source, error_at(2, 6)));
}

TEST_CASE("warnings and notes say so") {
  const SourceText source("q.sql", "x");
  CHECK(render(source, {Severity::Warning, {0, 1}, "grows", ""}).find("q.sql:1:1: warning: grows") == 0);
  CHECK(render(source, {Severity::Note, {0, 1}, "here", ""}).find("q.sql:1:1: note: here") == 0);
}
