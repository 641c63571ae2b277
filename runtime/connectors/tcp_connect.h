#pragma once

#include "runtime/connectors/connector.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

/// The pause before the first attempt to connect again; each further one may be longer, up to the longest.
inline constexpr int64_t kFirstRetryPauseUs = 100'000;
inline constexpr int64_t kLongestRetryPauseUs = 1'000'000;

/// An attempt to connect, to one of an endpoint's addresses after the other, that others need not wait for. One thread.
class ConnectAttempt {
 public:
  enum class State : uint8_t { UnderWay, Connected, Failed };

  explicit ConnectAttempt(const TcpEndpoint& endpoint);
  ~ConnectAttempt();
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;

  /// Waits up to `timeout_us` for the next thing to happen.
  State advance(int64_t timeout_us);
  /// Of Connected: the socket, which does not block and sends without delay; the caller closes it.
  int take_fd();
  /// Of Failed.
  Status why() const;

 private:
  void try_next();
  void give_up(int error);

  TcpEndpoint endpoint_;
  AddressList addresses_{nullptr, nullptr};
  const addrinfo* next_ = nullptr;
  int fd_ = -1;
  bool connected_ = false;
  int64_t give_up_ns_ = 0;
  int error_ = 0;
  Status unknown_;  ///< the endpoint was not found
};

/// Connects once, to whichever of the endpoint's addresses accepts; waits up to `timeout_us` (2 seconds an address). The socket does not
/// block, is closed by the caller, and sends without delay.
Result<int> connect_once(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context);

/// Tries until it is accepted, the time is over or the job is to stop; tells that it waits.
Result<int> connect_within(const TcpEndpoint& endpoint, int64_t timeout_us, const ConnectorContext& context);

}  // namespace millrace
