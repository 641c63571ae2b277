#include "runtime/connectors/socket_sink.h"

#include <atomic>
#include <thread>

#include "runtime/base/clock.h"
#include "runtime/connectors/socket_server_sink.h"
#include "tests/unit/runtime/connectors/local_tcp.h"
#include "tests/unit/runtime/connectors/write_batches.h"

using namespace millrace;

namespace {

/// Gathers what connectors tell, from any thread.
struct Notices {
  std::mutex mutex;
  std::string text;

  ConnectorContext context() {
    ConnectorContext made;
    made.notice = [this](std::string_view line) {
      std::lock_guard<std::mutex> lock(mutex);
      text += std::string(line) + "\n";
    };
    return made;
  }
};

SocketServerSinkOptions serving(int64_t port) {
  SocketServerSinkOptions options;
  options.endpoint = {"127.0.0.1", port};
  return options;
}

std::string all_until_end(int fd) { return receive_text(fd, size_t{1} << 30); }

}  // namespace

TEST_CASE("a reader gets every batch, after one header, and then the end") {
  Listener listener;
  std::string received;
  std::thread reader([&] {
    int fd = ::accept(listener.fd, nullptr, nullptr);
    received = all_until_end(fd);
    ::close(fd);
  });
  auto query = query_to(abi::OutputFormat::Csv);
  SocketSink sink(query, {{"127.0.0.1", listener.port}}, {});
  REQUIRE(sink.open().ok());
  CHECK(write_batch(sink, 0, "1\n").outcome == SinkOutcome::Written);
  CHECK(write_batch(sink, 1, "", 0).outcome == SinkOutcome::Written);
  CHECK(write_batch(sink, 2, "2\n").outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  reader.join();
  CHECK(received == "n\n1\n2\n");
}

TEST_CASE("a slow reader loses nothing of a batch larger than any buffer") {
  Listener listener;
  const std::string batch = std::string(20 << 20, 'x') + "\n";
  size_t received = 0;
  std::thread reader([&] {
    int fd = ::accept(listener.fd, nullptr, nullptr);
    ::usleep(50'000);
    received = all_until_end(fd).size();
    ::close(fd);
  });
  auto query = query_to(abi::OutputFormat::Json);
  SocketSink sink(query, {{"127.0.0.1", listener.port}}, {});
  REQUIRE(sink.open().ok());
  CHECK(write_batch(sink, 0, batch).outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  reader.join();
  CHECK(received == batch.size());
}

TEST_CASE("a reader that goes away ends the query with an error") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Json);
  SocketSink sink(query, {{"127.0.0.1", listener.port}}, {});
  REQUIRE(sink.open().ok());
  ::close(::accept(listener.fd, nullptr, nullptr));
  SinkResult result;
  for (int i = 0; i < 1000 && result.outcome == SinkOutcome::Written; ++i) {
    result = write_batch(sink, i, "row\n");
    ::usleep(1000);
  }
  CHECK(result.outcome == SinkOutcome::Failed);
  CHECK(result.status.message().starts_with("the connection to 127.0.0.1:" + std::to_string(listener.port) + " was lost: "));
}

TEST_CASE("with reconnect what has not arrived is sent again, after a header") {
  Listener listener;
  Notices notices;
  auto query = query_to(abi::OutputFormat::Csv);
  SocketSink sink(query, {{"127.0.0.1", listener.port}, 10'000'000, true}, notices.context());
  REQUIRE(sink.open().ok());
  ::close(::accept(listener.fd, nullptr, nullptr));
  int64_t batches = 0;
  while (notices.text.find("connected again") == std::string::npos && batches < 1000) {
    CHECK(write_batch(sink, batches, "row\n").outcome == SinkOutcome::Written);
    ++batches;
    ::usleep(1000);
  }
  int second = ::accept(listener.fd, nullptr, nullptr);
  CHECK(write_batch(sink, batches, "last\n").outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  std::string expected = "n\n";  // the first reader's system has taken nothing
  for (int64_t i = 0; i < batches; ++i) expected += "row\n";
  CHECK(all_until_end(second) == expected + "last\n");
  ::close(second);
}

TEST_CASE("a reader that went away behind the last batch is noticed at the end") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Json);
  SocketSink sink(query, {{"127.0.0.1", listener.port}}, {});
  REQUIRE(sink.open().ok());
  ::close(::accept(listener.fd, nullptr, nullptr));
  CHECK(write_batch(sink, 0, "row\n").outcome == SinkOutcome::Written);
  const std::string why = sink.close().message();
  CHECK(why.find(" was lost: ") != std::string::npos);
  CHECK(why.ends_with("; 4 bytes of earlier batches may not have arrived"));
}

TEST_CASE("batches that had not arrived are part of the sink's place, and are sent by who goes on from it") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Csv);
  std::string place;
  {
    SocketSink sink(query, {{"127.0.0.1", listener.port}}, {});
    REQUIRE(sink.open().ok());
    const int asleep = ::accept(listener.fd, nullptr, nullptr);
    vanish(asleep);
    CHECK_FALSE(sink.position());
    CHECK(write_batch(sink, 0, "1\n").outcome == SinkOutcome::Written);
    CHECK(write_batch(sink, 1, "2\n").outcome == SinkOutcome::Written);
    place = sink.position().value_or("");
    ::close(asleep);
  }
  SocketSink next(query, {{"127.0.0.1", listener.port}}, {});
  REQUIRE(next.resume(place).ok());
  CHECK(write_batch(next, 2, "3\n").outcome == SinkOutcome::Written);
  const int reader = ::accept(listener.fd, nullptr, nullptr);
  CHECK(next.close().ok());
  CHECK_FALSE(next.position());
  CHECK(all_until_end(reader) == "n\n1\n2\n3\n");
  ::close(reader);
  CHECK_FALSE(SocketSink(query, {{"127.0.0.1", listener.port}}, {}).resume("3:12").ok());
}

TEST_CASE("a reader that vanishes without a word is noticed while rows wait for it") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Json);
  SocketSink sink(query, {{"127.0.0.1", listener.port, 1'000'000}}, {});
  REQUIRE(sink.open().ok());
  const int gone = ::accept(listener.fd, nullptr, nullptr);
  CHECK(write_batch(sink, 0, "row\n").outcome == SinkOutcome::Written);
  vanish(gone);
  const int64_t began = steady_clock_ns();
  const SinkResult result = write_batch(sink, 1, std::string(64 << 20, 'x'));
  CHECK(result.outcome == SinkOutcome::Failed);
  // The latter when this process was kept from writing for so long that the system has noticed the silence.
  const bool says_why = result.status.message().find("was lost: the reader does not answer any more") != std::string::npos ||
                        result.status.message().find("was lost: Connection timed out") != std::string::npos;
  CHECK(says_why);
  CHECK(steady_clock_ns() - began < 8'000'000'000);
  ::close(gone);
}

TEST_CASE("a reader that is there and reads nothing is waited for, however long") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Json);
  SocketSink sink(query, {{"127.0.0.1", listener.port, 1'000'000}}, {});
  REQUIRE(sink.open().ok());
  const int asleep = ::accept(listener.fd, nullptr, nullptr);
  const std::string batch(32 << 20, 'x');
  std::atomic<bool> is_written = false;
  std::thread writer([&] {
    CHECK(write_batch(sink, 0, batch).outcome == SinkOutcome::Written);
    is_written = true;
    CHECK(sink.close().ok());
  });
  ::usleep(3'000'000);
  CHECK_FALSE(is_written);
  CHECK(all_until_end(asleep).size() == batch.size());
  writer.join();
  ::close(asleep);
}

TEST_CASE("every client gets the rows from its connection on, with a header of its own") {
  Notices notices;
  auto query = query_to(abi::OutputFormat::Csv);
  int64_t port = free_port();
  SocketServerSink sink(query, serving(port), notices.context());
  REQUIRE(sink.open().ok());
  CHECK(write_batch(sink, 0, "0\n").outcome == SinkOutcome::Written);
  int first = connect_to(port);
  CHECK(write_batch(sink, 1, "1\n").outcome == SinkOutcome::Written);
  int second = connect_to(port);
  CHECK(write_batch(sink, 2, "2\n").outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  CHECK(all_until_end(first) == "n\n1\n2\n");
  CHECK(all_until_end(second) == "n\n2\n");
  CHECK(notices.text == "127.0.0.1:" + std::to_string(port) + ": 1 rows came while nobody was connected\n");
  ::close(first);
  ::close(second);
}

TEST_CASE("a client that has said all it had to say still gets rows") {
  auto query = query_to(abi::OutputFormat::Json);
  int64_t port = free_port();
  SocketServerSink sink(query, serving(port), {});
  REQUIRE(sink.open().ok());
  int client = connect_to(port);
  send_text(client, "hello?\n");
  ::shutdown(client, SHUT_WR);
  for (int i = 0; i < 20; ++i) {
    CHECK(write_batch(sink, i, "row\n").outcome == SinkOutcome::Written);
    ::usleep(1000);
  }
  CHECK(sink.close().ok());
  CHECK(all_until_end(client).size() == 20 * 4);
  ::close(client);
}

TEST_CASE("a slow client slows the writer down and misses nothing") {
  auto query = query_to(abi::OutputFormat::Json);
  int64_t port = free_port();
  SocketServerSinkOptions options = serving(port);
  options.client_buffer = 1 << 20;
  SocketServerSink sink(query, options, {});
  REQUIRE(sink.open().ok());
  int client = connect_to(port);
  std::atomic<size_t> received = 0;
  std::thread reader([&] {
    ::usleep(50'000);
    received = all_until_end(client).size();
  });
  const std::string batch(4 << 20, 'x');
  for (int i = 0; i < 10; ++i) CHECK(write_batch(sink, i, batch).outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  reader.join();
  CHECK(received == 10 * batch.size());
  ::close(client);
}

TEST_CASE("a client that does not read is disconnected and told of, the others go on") {
  Notices notices;
  auto query = query_to(abi::OutputFormat::Json);
  int64_t port = free_port();
  SocketServerSinkOptions options = serving(port);
  options.client_buffer = 1 << 20;
  options.client_timeout_us = 3'000'000;  // more than a busy machine keeps a reader from reading
  SocketServerSink sink(query, options, notices.context());
  REQUIRE(sink.open().ok());
  int asleep = connect_to(port);
  int awake = connect_to(port);
  std::atomic<size_t> received = 0;
  std::thread reader([&] { received = all_until_end(awake).size(); });
  const std::string batch(4 << 20, 'x');
  for (int i = 0; i < 5; ++i) CHECK(write_batch(sink, i, batch).outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  reader.join();
  CHECK(received == 5 * batch.size());
  CHECK(notices.text.find(" did not read and was disconnected; it missed ") != std::string::npos);
  ::close(asleep);
  ::close(awake);
}

TEST_CASE("a client that goes away with rows on their way is counted") {
  Notices notices;
  auto query = query_to(abi::OutputFormat::Json);
  int64_t port = free_port();
  SocketServerSink sink(query, serving(port), notices.context());
  REQUIRE(sink.open().ok());
  const int client = connect_to(port);
  CHECK(write_batch(sink, 0, std::string(12 << 20, 'x')).outcome == SinkOutcome::Written);
  ::close(client);
  ::usleep(300'000);
  CHECK(sink.close().ok());
  CHECK(notices.text == "127.0.0.1:" + std::to_string(port) + ": 1 client went away before all that had been sent was there\n");
}

TEST_CASE("a port that is taken is told when the sink is opened") {
  Listener listener;
  auto query = query_to(abi::OutputFormat::Json);
  CHECK(SocketServerSink(query, serving(listener.port), {}).open().message() ==
        "cannot listen on 127.0.0.1:" + std::to_string(listener.port) + ": Address already in use");
}
