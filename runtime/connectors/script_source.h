#pragma once

#include <string>
#include <vector>

#include "runtime/connectors/connector.h"

namespace millrace {

/// Input of a test: text in parts, each of which is one batch exactly. The connector 'script' of tests; users cannot name it.
class ScriptSource final : public Source {
 public:
  explicit ScriptSource(std::vector<std::string> batches) : batches_(std::move(batches)) {}

  Status open() override { return {}; }
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return true; }
  bool is_scripted() const override { return true; }
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;

 private:
  std::vector<std::string> batches_;
  size_t batch_ = 0;
  size_t offset_ = 0;
};

}  // namespace millrace
