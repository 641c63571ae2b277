#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/spare_descriptor.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

struct SocketServerSinkOptions {
  TcpEndpoint endpoint;
  int64_t max_clients = 500;               ///< connections at a time; further ones are closed at once
  int64_t client_buffer = 16 << 20;         ///< bytes that may wait for a client before the query waits for it
  int64_t client_timeout_us = 5'000'000;    ///< a client that takes nothing for so long, while bytes wait for it, is disconnected
};

/// Serves every client that connects with the rows from its connection on, csv with a header for each. A client that reads slowly slows
/// the query down once its buffer is full; one that does not read at all is disconnected, which is told, with what it missed. Rows that
/// come while nobody is connected go nowhere, and their number is told at the end.
///
/// The query's thread calls open, write, close; a thread of its own accepts clients and sends what waits for them.
class SocketServerSink final : public Sink {
 public:
  /// `query` outlives it.
  SocketServerSink(const abi::QuerySpec& query, SocketServerSinkOptions options, const ConnectorContext& context);
  ~SocketServerSink() override;

  Status open() override;
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  int64_t memory_bytes() const override;
  /// Waits until every client has taken the rest, or takes nothing for too long.
  Status close() override;

 private:
  // One text waits for many clients, each of which may be the last to send it.
  using SharedText = std::shared_ptr<const std::string>;

  struct Client {
    int fd = -1;
    std::string name;                ///< address and port
    std::deque<SharedText> waiting;
    size_t sent_of_front = 0;        ///< bytes of the first text
    int64_t waiting_bytes = 0;
    int64_t progress_ns = 0;         ///< steady clock: when it last took something, or began to owe
    bool speaks = true;              ///< its side of the connection is open
    bool gone = false;
    bool was_told = false;           ///< that it was disconnected, and what it missed
  };

  void serve();
  void accept_all();
  void tell_refused(const std::string& name, const std::string& why);
  void queue(Client& client, const SharedText& text);
  void send_waiting(Client& client);
  void drop_gone();
  void check_stalled(int64_t now_ns);
  bool any_above(int64_t bytes) const;
  void wait_for_clients(std::unique_lock<std::mutex>& lock, int64_t bytes);
  void wake_server();

  BatchText text_;
  SocketServerSinkOptions options_;
  ConnectorContext context_;
  SharedText header_;
  int listen_fd_ = -1;
  int wake_fd_ = -1;
  std::thread server_;
  mutable std::mutex mutex_;               ///< of what follows
  std::condition_variable progress_;   ///< a client took something or is gone
  std::list<Client> clients_;
  bool closing_ = false;
  SpareDescriptor spare_;
  int64_t refused_ = 0;                ///< connections
  int64_t cut_off_ = 0;                ///< clients that went away while bytes were on their way to them
  int64_t rows_unheard_ = 0;           ///< that came while nobody was connected
};

}  // namespace millrace
