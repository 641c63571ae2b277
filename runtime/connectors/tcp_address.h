#pragma once

#include <netdb.h>

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.h"
#include "runtime/connectors/tcp_peer.h"

namespace millrace {

/// What a host name and a port stand for; freed with the last copy.
using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

struct TcpEndpoint {
  std::string host;
  int64_t port = 0;
  int64_t peer_timeout_us = kDefaultPeerTimeoutUs;  ///< see notice_vanished_peer

  std::string text() const { return host + ":" + std::to_string(port); }
};

/// Looks the endpoint up. `to_listen`: for bind rather than connect.
Result<AddressList> resolve(const TcpEndpoint& endpoint, bool to_listen);

/// A non-blocking socket that listens; an error says why not. The caller closes it.
Result<int> listen_on(const TcpEndpoint& endpoint);

}  // namespace millrace
