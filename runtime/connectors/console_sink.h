#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// Standard output as the queries of a job share it: each batch is one write, whole.
struct SharedOutput {
  int fd = 1;
  std::mutex mutex;
};

class ConsoleSink final : public Sink {
 public:
  /// `query` and `output` outlive it.
  ConsoleSink(const abi::QuerySpec& query, SharedOutput* output) : text_(query), output_(output) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return text_.rows_wanted(); }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override { return {}; }

 private:
  BatchText text_;
  SharedOutput* output_;
  bool has_written_ = false;
};

/// Gives each batch's text to a function: what tests look at. Otherwise as the console.
class CaptureSink final : public Sink {
 public:
  using Take = std::function<void(int64_t batch_id, std::string_view text)>;

  /// `query` outlives it. `has_banner`: tables come with their batch's number.
  CaptureSink(const abi::QuerySpec& query, Take take, bool has_banner)
      : text_(query), take_(std::move(take)), has_banner_(has_banner) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return text_.rows_wanted(); }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override { return {}; }

 private:
  BatchText text_;
  Take take_;
  bool has_banner_;
  bool has_written_ = false;
};

}  // namespace millrace
