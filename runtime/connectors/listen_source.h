#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/ready_lines.h"
#include "runtime/connectors/spare_descriptor.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

/// Accepts any number of senders on one port and never ends. Each sender's bytes are assembled into whole lines of its own before they
/// join the others'.
class ListenSource final : public Source {
 public:
  struct Limits {
    int64_t max_line = 0;     ///< bytes that a sender's unfinished line may hold; what goes beyond is dropped up to its end
    int64_t max_clients = 0;  ///< connections at a time; further ones are closed at once
  };

  ListenSource(TcpEndpoint endpoint, const Limits& limits, const ConnectorContext& context);
  ~ListenSource() override;

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return false; }
  int readiness_fd() const override { return epoll_fd_; }
  int64_t memory_bytes() const override { return ready_.memory_bytes() + static_cast<int64_t>(unfinished_bytes_ + received_.size()); }

 private:
  void accept_all();
  void receive_from(int fd);
  void take_lines(std::string& unfinished, std::string_view bytes);
  void drop_sender(int fd, bool is_broken);
  ReadResult hand_out_broken(std::span<char> buffer);
  void tell_refused(const std::string& why);

  TcpEndpoint endpoint_;
  size_t max_line_;
  size_t max_clients_;
  ConnectorContext context_;
  int listen_fd_ = -1;
  int epoll_fd_ = -1;
  std::unordered_map<int, std::string> unfinished_lines_;  ///< of each sender
  size_t unfinished_bytes_ = 0;                            ///< of all together
  SpareDescriptor spare_;
  int64_t refused_ = 0;
  int64_t told_ns_ = 0;                                    ///< steady clock: when that was told last
  std::vector<char> received_;
  ReadyLines ready_;
  std::deque<ReadyLines> broken_;                          ///< of each sender whose connection broke: what had come of its last line
};

}  // namespace millrace
