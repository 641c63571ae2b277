#pragma once

#include "runtime/connectors/connector.h"

namespace millrace {

/// Standard input, to its end. In bulk when it is a regular file.
class StdinSource final : public Source {
 public:
  explicit StdinSource(const ConnectorContext& context, int fd = 0) : context_(context), fd_(fd) {}

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return is_bulk_; }
  int readiness_fd() const override { return fd_; }
  /// Of a regular file.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;

 private:
  ConnectorContext context_;
  int fd_;
  bool is_bulk_ = false;
};

}  // namespace millrace
