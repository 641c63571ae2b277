#include "runtime/connectors/socket_source.h"

#include <sys/resource.h>

#include <atomic>
#include <thread>
#include <vector>

#include "runtime/connectors/listen_source.h"
#include "tests/unit/runtime/connectors/local_tcp.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

/// Reads until so many bytes have come.
std::string read_bytes(Source& source, size_t wanted) {
  std::string all;
  std::vector<char> buffer(7);
  for (int tries = 0; all.size() < wanted && tries < 1000; ++tries) {
    ReadResult got = source.read(buffer, 100'000);
    all.append(buffer.data(), got.bytes);
  }
  return all;
}

}  // namespace

TEST_CASE("a connection is read to its end, and its last line is whole") {
  Listener listener;
  std::thread server([&] { listener.serve("one\ntwo"); });
  SocketSource source({{"127.0.0.1", listener.port}}, {});
  REQUIRE(source.open().ok());
  CHECK(read_all(source, 3) == "one\ntwo\n");
  server.join();
}

TEST_CASE("a connection that is reset gives what has come, and then says that it was lost") {
  Listener listener;
  std::thread server([&] {
    const int client = ::accept(listener.fd, nullptr, nullptr);
    (void)!::write(client, "one\ntw", 6);
    ::usleep(100'000);  // until it has been read
    const linger at_once{1, 0};
    ::setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(client);
  });
  SocketSource source({{"127.0.0.1", listener.port}}, {});
  REQUIRE(source.open().ok());
  std::string all;
  ReadResult got;
  std::vector<char> buffer(16);
  do {
    got = source.read(buffer, 100'000);
    all.append(buffer.data(), got.bytes);
    if (got.kind == ReadResult::Kind::CutOff) all += '|';
  } while (got.kind == ReadResult::Kind::Data || got.kind == ReadResult::Kind::Nothing || got.kind == ReadResult::Kind::CutOff);
  CHECK(all == "one\ntw|");
  CHECK(got.kind == ReadResult::Kind::Failed);
  CHECK(got.status.message().find("was lost: Connection reset by peer") != std::string::npos);
  server.join();
}

TEST_CASE("with reconnect the end of a connection is not the end") {
  Listener listener;
  std::thread server([&] {
    listener.serve("one\n");
    listener.serve("two");
    listener.serve("three\n");
  });
  SocketOptions options{{"127.0.0.1", listener.port}};
  options.reconnect = true;
  SocketSource source(options, {});
  REQUIRE(source.open().ok());
  CHECK(read_bytes(source, 14) == "one\ntwo\nthree\n");
  server.join();
}

TEST_CASE("a refused connection is tried until the timeout, then says where and why") {
  int64_t port = Listener().port;  // closed again
  SocketOptions options{{"127.0.0.1", port}};
  options.connect_timeout_us = 150'000;
  std::string notices;
  ConnectorContext context;
  context.notice = [&](std::string_view text) { notices += text; };
  SocketSource source(options, context);
  CHECK(source.open().message() == "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
  CHECK(notices == "waiting for 127.0.0.1:" + std::to_string(port));
}

TEST_CASE("a stop request ends the wait for a connection") {
  std::atomic<int> stop = 1;
  ConnectorContext context;
  context.stop_requests = &stop;
  SocketOptions options{{"127.0.0.1", Listener().port}};
  options.connect_timeout_us = 60'000'000;
  SocketSource source(options, context);
  CHECK_FALSE(source.open().ok());
}

TEST_CASE("an idle connection gives nothing within the timeout") {
  Listener listener;
  SocketSource source({{"127.0.0.1", listener.port}}, {});
  REQUIRE(source.open().ok());
  std::vector<char> buffer(100);
  CHECK(source.read(buffer, 0).kind == ReadResult::Kind::Nothing);
  CHECK(source.read(buffer, 2000).kind == ReadResult::Kind::Nothing);
}

TEST_CASE("a sender that vanishes without a word is noticed by its silence") {
  Listener listener;
  SocketSource source({{"127.0.0.1", listener.port, 2'000'000}}, {});
  REQUIRE(source.open().ok());
  const int sender = ::accept(listener.fd, nullptr, nullptr);
  send_text(sender, "a\n");
  char buffer[16];
  CHECK(source.read(buffer, 1'000'000).bytes == 2);
  vanish(sender);
  ReadResult got = ReadResult::nothing();
  for (int i = 0; i < 80 && got.kind == ReadResult::Kind::Nothing; ++i) got = source.read(buffer, 100'000);
  CHECK(got.kind == ReadResult::Kind::Failed);
  CHECK(got.status.message().ends_with(" was lost: Connection timed out"));
  ::close(sender);
}

TEST_CASE("what had come of a line of a sender whose connection is reset comes between others' lines, and is given up") {
  const int64_t port = Listener().port;
  ListenSource source({"127.0.0.1", port}, {.max_line = 1000, .max_clients = 10}, {});
  REQUIRE(source.open().ok());
  const int first = connect_to(port);
  const int second = connect_to(port);
  send_text(first, "a1\na");
  send_text(second, "b");
  CHECK(read_bytes(source, 3) == "a1\n");
  const linger at_once{1, 0};
  ::setsockopt(second, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(second);
  CHECK(read_bytes(source, 1) == "b");
  char buffer[16];
  CHECK(source.read(buffer, 0).kind == ReadResult::Kind::CutOff);
  send_text(first, "2\n");
  ::close(first);
  CHECK(read_bytes(source, 3) == "a2\n");
}

TEST_CASE("lines of several senders are never mixed") {
  int64_t port = Listener().port;
  ListenSource source({"127.0.0.1", port}, {.max_line = 1000, .max_clients = 10}, {});
  REQUIRE(source.open().ok());
  int first = connect_to(port);
  int second = connect_to(port);
  send_text(first, "from-");
  std::vector<char> buffer(100);
  CHECK(source.read(buffer, 10'000).bytes == 0);
  send_text(second, "b1\nb2");
  CHECK(read_bytes(source, 3) == "b1\n");
  send_text(first, "a\nrest");
  CHECK(read_bytes(source, 7) == "from-a\n");
  ::close(second);
  CHECK(read_bytes(source, 3) == "b2\n");
  ::close(first);
  CHECK(read_bytes(source, 5) == "rest\n");
}

TEST_CASE("a sender's endless line is cut just beyond the limit") {
  int64_t port = Listener().port;
  ListenSource source({"127.0.0.1", port}, {.max_line = 100, .max_clients = 10}, {});
  REQUIRE(source.open().ok());
  int sender = connect_to(port);
  std::vector<char> buffer(1000);
  for (int i = 0; i < 10; ++i) {
    send_text(sender, std::string(90, 'x'));
    CHECK(source.read(buffer, 10'000).bytes == 0);
  }
  send_text(sender, "\nnext\n");
  CHECK(read_bytes(source, 107) == std::string(101, 'x') + "\nnext\n");
  ::close(sender);
}

TEST_CASE("a sender for whom there is no descriptor is refused, and told of") {
  std::string told;
  ConnectorContext context;
  context.notice = [&told](std::string_view text) { told += text; };
  const int64_t port = free_port();
  ListenSource source({"127.0.0.1", port}, {1 << 20, 10}, context);
  REQUIRE(source.open().ok());
  const int sender = connect_to(port);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(sender);  // whatever is opened now would have a larger number, or that of a gap
  std::vector<int> gaps;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) gaps.push_back(fd);
  char buffer[16];
  CHECK(source.read(buffer, 10'000).kind == ReadResult::Kind::Nothing);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  for (const int fd : gaps) ::close(fd);
  CHECK(told == "127.0.0.1:" + std::to_string(port) + ": this process has no descriptors left for further senders; refused so far: 1");
  CHECK(receive_text(sender, 1).empty());
  ::close(sender);
}

TEST_CASE("a port that is taken says so") {
  Listener listener;
  ListenSource source({"127.0.0.1", listener.port}, {.max_line = 100, .max_clients = 10}, {});
  CHECK(source.open().message() ==
        "cannot listen on 127.0.0.1:" + std::to_string(listener.port) + ": Address already in use");
}

TEST_CASE("a sender that accepts only to close again is not run down") {
  Listener listener;
  std::atomic<int> accepted = 0;
  std::thread server([&] {
    for (;;) {
      int client = ::accept(listener.fd, nullptr, nullptr);
      if (client < 0) return;
      ++accepted;
      ::close(client);
    }
  });
  SocketOptions options{{"127.0.0.1", listener.port}};
  options.reconnect = true;
  SocketSource source(options, {});
  REQUIRE(source.open().ok());
  std::vector<char> buffer(100);
  int64_t end = steady_clock_ns() + 500'000'000;
  while (steady_clock_ns() < end) CHECK(source.read(buffer, 10'000).kind == ReadResult::Kind::Nothing);
  CHECK(accepted >= 2);
  CHECK(accepted < 10);
  ::shutdown(listener.fd, SHUT_RDWR);
  server.join();
}

TEST_CASE("reads that never wait reconnect, too") {
  Listener listener;
  std::thread server([&] {
    listener.serve("one\n");
    listener.serve("two\n");
  });
  SocketOptions options{{"127.0.0.1", listener.port}};
  options.reconnect = true;
  SocketSource source(options, {});
  REQUIRE(source.open().ok());
  std::string all;
  std::vector<char> buffer(100);
  for (int64_t end = steady_clock_ns() + 10'000'000'000; all.size() < 8 && steady_clock_ns() < end;) {
    all.append(buffer.data(), source.read(buffer, 0).bytes);
  }
  CHECK(all == "one\ntwo\n");
  server.join();
}
