#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/status.h"

namespace millrace {

struct HttpRequest {
  std::string url;                   ///< http or https
  std::vector<std::string> headers;  ///< `Name: value`
  std::string user_agent;
  std::string ca_file;               ///< certificates to trust; empty: the system's
  int64_t connect_timeout_us = 10'000'000;
  int64_t peer_timeout_us = 60'000'000;  ///< a peer that has vanished without a word is noticed after so long
};

/// One GET at a time whose answer has no end, done by libcurl without blocking: bytes are given out as they come, redirects are followed,
/// nothing is compressed. One thread; the legal order: open, then start and advance as often as wanted.
class HttpStream {
 public:
  /// Gets the answer's bytes; false when there is no room for them now: they are given again after resume().
  using Take = std::function<bool(std::string_view bytes)>;

  explicit HttpStream(Take take);
  ~HttpStream();

  Status open();
  /// Begins a request, in place of the last one.
  void start(const HttpRequest& request);
  /// Does what can be done without waiting.
  void advance();
  /// There is room again.
  void resume();
  /// Makes the descriptor readable after so long, while no request runs.
  void wake_after(int64_t pause_us);

  /// Whether the answer goes on, or has not begun yet.
  bool running() const;
  /// Readable when advance() would do something.
  int descriptor() const;

  /// Of the answer; 0 before there is one.
  int64_t status_code() const;
  std::string content_type() const;
  /// Why the request ended otherwise than by the answer's end; empty when it did not.
  const std::string& failure() const;
  /// Whether that failure comes again, however often one tries: an address that means nothing, a certificate that is not trusted. A host
  /// that is not found is believed not to exist, unless it was reached before.
  bool failed_for_good(bool was_reached) const;
  /// How long the server wants to be left alone, by its `Retry-After`; 0 when it has not said.
  int64_t retry_after_us() const;

 private:
  struct Transfer;  // of libcurl's types, which stay in one file
  std::unique_ptr<Transfer> transfer_;
};

}  // namespace millrace
