#include "runtime/connectors/sse_source.h"

#include "tests/unit/runtime/connectors/local_http.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

const std::string kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n";
const LocalHttp::Answer kNoContent{{"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"}};

std::vector<std::string> byte_by_byte(const std::string& text) {
  std::vector<std::string> pieces;
  for (char c : text) pieces.emplace_back(1, c);
  return pieces;
}

SseOptions from(const LocalHttp& server) {
  SseOptions options;
  options.url = server.url();
  return options;
}

/// All that a source gives, or why it could not be opened.
std::string read_events(const SseOptions& options, const ConnectorContext& context = {}) {
  SseSource source(options, context);
  Status opened = source.open();
  return opened.ok() ? read_all(source, 1000) : "<not opened: " + opened.message() + ">";
}

}  // namespace

TEST_CASE("events that come byte by byte, with comments between, are whole lines") {
  LocalHttp server({{byte_by_byte(kHead + ": keep-alive\r\n\r\nid: 1\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n:\r\ndata: {\"b\": 2}\r\n\r\n"), 200}, kNoContent});
  CHECK(read_events(from(server)) == "{\"a\": 1}\n{\"b\": 2}\n");
  CHECK(server.requests()[0].starts_with("GET /events HTTP/1.1\r\n"));
  CHECK(server.requests()[0].find("Accept: text/event-stream\r\n") != std::string::npos);
  CHECK(server.requests()[0].find("User-Agent: millrace\r\n") != std::string::npos);
  CHECK(server.requests()[0].find("Accept-Encoding") == std::string::npos);
  CHECK(server.requests()[0].find("Last-Event-ID") == std::string::npos);
}

TEST_CASE("a connection that breaks in the middle of an event goes on after the last whole one") {
  LocalHttp server({{{kHead + "retry: 20\n\nid: 41\ndata: one\n\nid: 42\ndata: tw"}}, {{kHead + "id: 42\ndata: two\n\n"}}, kNoContent});
  std::string notices;
  ConnectorContext context;
  context.notice = [&](std::string_view text) { notices += std::string(text) + "\n"; };
  CHECK(read_events(from(server), context) == "one\ntwo\n");
  auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].find("Last-Event-ID: 41\r\n") != std::string::npos);
  CHECK(requests[2].find("Last-Event-ID: 42\r\n") != std::string::npos);
  CHECK(notices.starts_with(server.url() + ": the connection was closed; connecting again\n" + server.url() + ": connected again\n"));
}

TEST_CASE("a server that is overburdened is asked again later") {
  LocalHttp server({{{"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbusy"}},
                    {{"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}},
                    {{kHead + "retry: 1\ndata: at last\n\n"}},
                    kNoContent});
  CHECK(read_events(from(server)) == "at last\n");
  CHECK(server.requests().size() == 4);
}

TEST_CASE("an answer that will not change is an error with what the server said") {
  LocalHttp missing({{{"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 21\r\n\r\nno such stream\nreally"}}});
  CHECK(read_events(from(missing)) == "<not opened: " + missing.url() + " answered 404: no such stream>");
  LocalHttp page({{{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>"}}});
  CHECK(read_events(from(page)) == "<not opened: " + page.url() + " answered with text/html, not text/event-stream>");
}

TEST_CASE("redirects are followed") {
  LocalHttp target({{{kHead + "retry: 1\ndata: here\n\n"}}, kNoContent});
  LocalHttp moved({{{"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}}});
  CHECK(read_events(from(moved)) == "here\n");
}

TEST_CASE("without reconnect the end of the connection is the end") {
  LocalHttp server({{{kHead + "data: only\n\n"}}});
  SseOptions options = from(server);
  options.reconnect = false;
  options.last_event_id = "7";
  options.user_agent = "somebody (who@example.org)";
  CHECK(read_events(options) == "only\n");
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].find("Last-Event-ID: 7\r\n") != std::string::npos);
  CHECK(server.requests()[0].find("User-Agent: somebody (who@example.org)\r\n") != std::string::npos);
}

TEST_CASE("a chunked answer is taken apart") {
  LocalHttp server({{{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", "7\r\ndata: a\r\n", "3\r\n\n\nd\r\n",
                      "9\r\nata: b\n\n\n\r\n", "0\r\n\r\n"}, 1000}});
  SseOptions options = from(server);
  options.reconnect = false;
  CHECK(read_events(options) == "a\nb\n");
}

TEST_CASE("silence gives nothing within the timeout, and the descriptor tells of bytes") {
  LocalHttp server({{{kHead, "data: x\n\n"}, 300'000, true}});
  SseSource source(from(server), {});
  REQUIRE(source.open().ok());  // at the head of the answer, before any event
  std::vector<char> buffer(100);
  CHECK(source.read(buffer, 0).kind == ReadResult::Kind::Nothing);
  CHECK(source.read(buffer, 2000).kind == ReadResult::Kind::Nothing);
  ReadResult got;
  for (int tries = 0; tries < 100 && got.bytes == 0; ++tries) {
    pollfd ready{source.readiness_fd(), POLLIN, 0};
    ::poll(&ready, 1, 5000);
    got = source.read(buffer, 0);
  }
  CHECK(std::string(buffer.data(), got.bytes) == "x\n");
}

TEST_CASE("more events than there is room for wait with the server") {
  const std::string data(1 << 20, 'x');
  std::vector<std::string> pieces{kHead};
  for (int i = 0; i < 20; ++i) pieces.push_back("data: " + data + "\n\n");
  LocalHttp server({{pieces}});
  SseOptions options = from(server);
  options.reconnect = false;
  SseSource source(options, {});
  REQUIRE(source.open().ok());
  ::usleep(100'000);
  std::string all = read_all(source, 1 << 16);
  CHECK(all.size() == 20 * (data.size() + 1));
}

TEST_CASE("nobody there is tried until the timeout, a bad address is not tried at all") {
  SseOptions options;
  options.url = "http://who:secret@127.0.0.1:" + std::to_string(free_port()) + "/x";
  options.connect_timeout_us = 300'000;
  std::string shown = "http://" + options.url.substr(options.url.find('@') + 1);
  CHECK(read_events(options).starts_with("<not opened: cannot read " + shown + ": Failed to connect to 127.0.0.1 port "));
  options.url = "ftp://127.0.0.1/";
  options.connect_timeout_us = 60'000'000;
  CHECK(read_events(options).starts_with("<not opened: cannot read ftp://127.0.0.1/: Protocol \"ftp\" not supported"));
  options.url = "http://no-such-host.invalid/";
  CHECK(read_events(options).starts_with("<not opened: cannot read http://no-such-host.invalid/: Could not resolve host"));
}

TEST_CASE("a stop request ends the wait for an answer") {
  Listener silent;
  std::atomic<int> stop = 1;
  ConnectorContext context;
  context.stop_requests = &stop;
  SseOptions options;
  options.url = "http://127.0.0.1:" + std::to_string(silent.port) + "/";
  options.connect_timeout_us = 60'000'000;
  SseSource source(options, context);
  (void)source.open();
  std::vector<char> buffer(100);
  CHECK(source.read(buffer, -1).kind == ReadResult::Kind::Nothing);
}
