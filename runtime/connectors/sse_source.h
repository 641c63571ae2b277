#pragma once

#include <cstdint>
#include <string>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/ready_lines.h"
#include "runtime/connectors/http_stream.h"
#include "runtime/connectors/sse_parser.h"
#include "runtime/connectors/tcp_peer.h"

namespace millrace {

struct SseOptions {
  std::string url;
  std::string event;                        ///< only events of this type; empty: all
  std::string last_event_id;                ///< begin after this event
  std::string ca_file;                      ///< certificates to trust; empty: the system's
  std::string user_agent = "millrace";
  bool reconnect = true;
  int64_t connect_timeout_us = 10'000'000;  ///< how long to try until the server answers for the first time
  int64_t peer_timeout_us = kDefaultPeerTimeoutUs;  ///< see notice_vanished_peer
  int64_t max_line = 16 << 20;              ///< bytes of an event's data
};

/// Server-Sent Events over http or https, each event's data a line. When the connection ends or breaks, it is made again after a pause,
/// from the last complete event on (`Last-Event-ID`); so it is while the server is overburdened (429, 5xx). A 204 ends the source; any
/// other answer that is no event stream fails it. Without `reconnect` the end of the connection is the end.
class SseSource final : public Source {
 public:
  SseSource(SseOptions options, const ConnectorContext& context);

  /// Waits until the server answers, or for connect_timeout.
  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return false; }
  int readiness_fd() const override { return http_.descriptor(); }
  int64_t memory_bytes() const override { return ready_.memory_bytes(); }
  /// The last complete event's id, once the server has told one, and what has come and was not given yet.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;

 private:
  enum class State : uint8_t { Connecting, Pausing, Ended, Failed };

  void connect();
  bool take(std::string_view bytes);
  void accept();
  bool is_event_stream() const;
  void advance();
  void judge_end();
  void connect_later(const std::string& why);
  void fail(const std::string& why);
  std::string refusal() const;

  SseOptions options_;
  std::string shown_url_;       ///< without a password
  ConnectorContext context_;
  SseParser parser_;
  HttpStream http_;
  State state_ = State::Connecting;
  bool accepted_ = false;       ///< the present answer is an event stream
  bool was_accepted_ = false;   ///< some answer was
  bool has_told_ = false;       ///< of the connection that is lost
  std::string refused_body_;    ///< the beginning of an answer that is none
  int64_t pause_us_;
  int64_t next_attempt_ns_ = 0;
  std::string why_;             ///< the last attempt failed
  ReadyLines ready_;
};

}  // namespace millrace
