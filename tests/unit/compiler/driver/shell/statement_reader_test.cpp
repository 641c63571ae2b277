#include "compiler/driver/shell/statement_reader.h"

#include <catch2/catch.hpp>
#include <vector>

namespace millrace {
namespace {

/// The pieces of a text given line by line: statements as they stand, commands behind a backslash.
std::vector<std::string> pieces_of(const std::vector<std::string>& lines) {
  StatementReader reader;
  std::vector<std::string> pieces;
  for (const std::string& line : lines) {
    reader.add_line(line);
    while (const auto piece = reader.next()) {
      pieces.push_back(piece->is_command ? "\\" + piece->command
                                         : reader.text().substr(piece->span.begin, piece->span.end - piece->span.begin));
    }
  }
  if (const auto rest = reader.take_unfinished()) {
    pieces.push_back("…" + reader.text().substr(rest->span.begin, rest->span.end - rest->span.begin));
  }
  return pieces;
}

using Pieces = std::vector<std::string>;

TEST_CASE("statements end at semicolons, wherever lines end") {
  CHECK(pieces_of({"SELECT 1; SELECT", "2", ";"}) == Pieces{"SELECT 1;", "SELECT\n2\n;"});
  CHECK(pieces_of({";;", "  ", ""}).empty());
  CHECK(pieces_of({"SELECT 1"}) == Pieces{"…SELECT 1\n"});
}

TEST_CASE("semicolons and backslashes in quotes and comments are no ends") {
  CHECK(pieces_of({"SELECT ';', \"a;\", `b\\`; "}) == Pieces{"SELECT ';', \"a;\", `b\\`;"});
  CHECK(pieces_of({"SELECT 'it''s;' /* a; /* b */ \\q */;"}) == Pieces{"SELECT 'it''s;' /* a; /* b */ \\q */;"});
  CHECK(pieces_of({"SELECT E'\\';' ;", "SELECT 'a\\';"}) == Pieces{"SELECT E'\\';' ;", "SELECT 'a\\';"});
  CHECK(pieces_of({"-- it's; \\q", "SELECT 1;"}).back().ends_with("SELECT 1;"));
}

TEST_CASE("a command takes the rest of its line, within a statement as well") {
  CHECK(pieces_of({"\\d  iot ;", "\\q"}) == Pieces{"\\d  iot", "\\q"});
  StatementReader reader;
  reader.add_line("SELECT 1 \\watch 1 10");
  const auto command = reader.next();
  REQUIRE(command);
  CHECK(command->command == "watch 1 10");
  CHECK(reader.waits_for() == ';');
  const auto statement = reader.take_unfinished();
  REQUIRE(statement);
  CHECK(reader.text().substr(statement->span.begin, 8) == "SELECT 1");
  CHECK_FALSE(reader.take_unfinished());
}

TEST_CASE("a dropped statement leaves nothing behind") {
  StatementReader reader;
  reader.add_line("SELECT 'open");
  CHECK_FALSE(reader.next());
  CHECK(reader.waits_for() == '\'');
  reader.drop_unfinished();
  CHECK(reader.waits_for() == '\0');
  reader.add_line("SELECT 2;");
  const auto piece = reader.next();
  REQUIRE(piece);
  CHECK(reader.text().substr(piece->span.begin, piece->span.end - piece->span.begin) == "SELECT 2;");
}

}  // namespace
}  // namespace millrace
