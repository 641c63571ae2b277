#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/tcp_address.h"
#include "runtime/connectors/tcp_connect.h"

namespace millrace {

struct SocketOptions {
  TcpEndpoint endpoint;
  int64_t connect_timeout_us = 10'000'000;
  bool reconnect = false;
};

/// A TCP connection to one sender. The end of the connection is the end of the source or, with `reconnect`, is followed by further
/// attempts with growing pauses.
class SocketSource final : public Source {
 public:
  SocketSource(SocketOptions options, const ConnectorContext& context)
      : options_(std::move(options)), context_(context) {}
  ~SocketSource() override;

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return false; }
  int readiness_fd() const override { return fd_; }

 private:
  void use(int fd);
  ReadResult receive(std::span<char> buffer, int64_t timeout_us);
  ReadResult lost(std::span<char> buffer, int error);
  ReadResult reconnect_within(int64_t timeout_us);
  void attempt_later();
  void disconnect();

  SocketOptions options_;
  ConnectorContext context_;
  int fd_ = -1;
  bool line_is_open_ = false;       ///< the last byte received was not a `\n`
  int error_ = 0;                   ///< errno of what broke the connection
  bool has_received_ = false;       ///< anything from the present connection
  std::optional<ConnectAttempt> attempt_;  ///< to reconnect
  int64_t pause_us_ = 0;            ///< before the next attempt but one
  int64_t next_attempt_ns_ = 0;
};

}  // namespace millrace
