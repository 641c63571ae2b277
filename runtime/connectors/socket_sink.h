#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

struct SocketSinkOptions {
  TcpEndpoint endpoint;
  int64_t connect_timeout_us = 10'000'000;
  bool reconnect = false;
};

/// A connection to one reader, who slows the query down by reading slowly. Batches are kept until the reader's system has said that they arrived: what the
/// system takes at once, some megabytes at most, and the batch in hand. When the connection is lost the query fails; with `reconnect` it connects again, with growing pauses,
/// and sends those once more from the beginning of the first: a reader may see a batch, or its front, twice, and knows by the missing end of its last line where it was cut off. A
/// checkpoint has them, too. What the reader's system had taken and the reader has not read is lost with it.
class SocketSink final : public Sink {
 public:
  /// `query` outlives it.
  SocketSink(const abi::QuerySpec& query, SocketSinkOptions options, const ConnectorContext& context)
      : text_(query), options_(std::move(options)), context_(context) {}
  ~SocketSink() override;

  Status open() override;
  /// The batches that are not known to have arrived; nothing when there are none. In a copy of the process: those that were not when the last batch was written.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  int64_t memory_bytes() const override { return bytes_unconfirmed(); }
  /// Waits until everything has arrived, as long as the reader takes some of it within connect_timeout; of one who is gone, or does not come back within that time, it fails.
  Status close() override;

 private:
  /// A batch that was sent, or has to be sent once more.
  struct Sent {
    std::string rows;
    int64_t end = 0;  ///< bytes sent over the present connection up to its end
  };

  Status send_or_connect_again(std::string_view rows, int64_t give_up_ns);
  bool send_rows(std::string_view rows);
  bool send_again();
  bool send_all(std::string_view text);
  bool has_taken_all();
  bool is_lost();
  bool is_given_up(int64_t* give_up_ns);
  void forget_arrived();
  Status connect_again(int64_t give_up_ns);
  Status lost() const;
  int64_t bytes_unconfirmed() const;
  void disconnect();

  BatchText text_;
  SocketSinkOptions options_;
  ConnectorContext context_;
  int fd_ = -1;
  bool header_due_ = true;
  int64_t sent_bytes_ = 0;         ///< over the present connection
  std::deque<Sent> unconfirmed_;   ///< whose arrival nobody has confirmed, the oldest first
  std::string why_lost_;
};

}  // namespace millrace
