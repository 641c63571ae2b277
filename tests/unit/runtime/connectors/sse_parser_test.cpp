#include "runtime/connectors/sse_parser.h"

#include <catch2/catch.hpp>

using namespace millrace;

namespace {

/// The lines of a stream that comes in pieces of `piece` bytes.
std::string parse(std::string_view text, size_t piece, const std::string& event = "") {
  SseParser parser(event, 1000);
  std::string lines;
  for (size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece), &lines);
  return lines;
}

}  // namespace

TEST_CASE("events are the same however their bytes are cut and their lines end") {
  const std::string text =
      "\xEF\xBB\xBF: hello\n\nevent: message\nid: 7\ndata: {\"a\": 1}\n\n:\n\ndata:no blank\ndata\ndata:  two blanks\n\nevent: x\n\ndata: last\n\n"
      "data: not complete\n";
  const std::string expected = "{\"a\": 1}\nno blank   two blanks\nlast\n";
  std::string returns = text;
  std::string both;
  for (char& c : returns) c = c == '\n' ? '\r' : c;
  for (char c : text) both += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (size_t piece : {1, 2, 3, 5, 1000}) {
    CAPTURE(piece);
    CHECK(parse(text, piece) == expected);
    CHECK(parse(returns, piece) == expected);
    CHECK(parse(both, piece) == expected);
  }
}

TEST_CASE("newlines in data become blanks, so that an event is a line") {
  CHECK(parse("data: {\ndata: \"a\": 1\ndata: }\n\n", 4) == "{ \"a\": 1 }\n");
  CHECK(parse("data\n\n", 4) == "\n");
  CHECK(parse("event: e\n\n", 4).empty());
}

TEST_CASE("only events of a type, when one is named") {
  const std::string text = "event: edit\ndata: 1\n\ndata: 2\n\nevent: new\ndata: 3\n\nevent: edit\ndata: 4\n\n";
  CHECK(parse(text, 7, "edit") == "1\n4\n");
  CHECK(parse(text, 7, "message") == "2\n");
}

TEST_CASE("the last id is that of the last complete event, and of comments there is none") {
  SseParser parser("", 1000);
  std::string lines;
  parser.feed("id: 1\ndata: a\n\nid: 2\ndata: b\n", &lines);
  CHECK(parser.last_event_id() == "1");
  parser.restart();
  parser.feed("data: c\n\n", &lines);
  CHECK(parser.last_event_id() == "1");
  CHECK(lines == "a\nc\n");
  parser.feed("id: 3\n\n", &lines);  // an event without data moves on, too
  CHECK(parser.last_event_id() == "3");
  parser.feed("id\ndata: d\n\n", &lines);
  CHECK(parser.last_event_id().empty());
}

TEST_CASE("retry is a number of milliseconds, anything else is passed over") {
  SseParser parser("", 1000);
  std::string lines;
  parser.feed("retry: soon\nretry: -1\nretry: 5s\n", &lines);
  CHECK_FALSE(parser.retry_ms().has_value());
  parser.feed("retry: 2500\n", &lines);
  CHECK(parser.retry_ms() == 2500);
}

TEST_CASE("an endless event keeps no more than one byte beyond the limit") {
  SseParser parser("", 100);
  std::string lines;
  parser.feed("data: ", &lines);
  for (int i = 0; i < 100; ++i) parser.feed(std::string(90, 'x'), &lines);
  parser.feed("\n\ndata: next\n\n", &lines);
  CHECK(lines == std::string(101, 'x') + "\nnext\n");
}
