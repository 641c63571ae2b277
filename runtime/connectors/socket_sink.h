#pragma once

#include <string>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

struct SocketSinkOptions {
  TcpEndpoint endpoint;
  int64_t connect_timeout_us = 10'000'000;
  bool reconnect = false;
};

/// A connection to one reader, who slows the query down by reading slowly. When it is lost the query fails; with `reconnect` it connects
/// again, with growing pauses, and sends the batch in hand once more from its beginning: a reader may see the front of a batch twice,
/// and rows that were on their way are lost.
class SocketSink final : public Sink {
 public:
  /// `query` outlives it.
  SocketSink(const abi::QuerySpec& query, SocketSinkOptions options, const ConnectorContext& context)
      : text_(query), options_(std::move(options)), context_(context) {}
  ~SocketSink() override;

  Status open() override;
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override;

 private:
  bool send_all(std::string_view text);
  Status connect_again();
  void disconnect();

  BatchText text_;
  SocketSinkOptions options_;
  ConnectorContext context_;
  int fd_ = -1;
  bool header_due_ = true;
  std::string why_lost_;
};

}  // namespace millrace
