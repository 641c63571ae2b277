#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

/// A sink whose writes are tried again for a while when what they failed of may pass. For sinks that take back what a failed write has left. One thread.
class PatientSink final : public Sink {
 public:
  PatientSink(std::unique_ptr<Sink> sink, RetryPauses pauses) : sink_(std::move(sink)), pauses_(std::move(pauses)) {}

  Status open() override { return sink_->open(); }
  std::optional<std::string> position() const override { return sink_->position(); }
  Status resume(std::string_view position) override { return sink_->resume(position); }
  Status make_lasting() const override { return sink_->make_lasting(); }
  int64_t rows_wanted() const override { return sink_->rows_wanted(); }
  int64_t memory_bytes() const override { return sink_->memory_bytes(); }
  Status close() override { return sink_->close(); }

  SinkResult write(const SinkBatch& batch) override {
    for (;;) {
      SinkResult result = sink_->write(batch);
      if (result.outcome != SinkOutcome::Failed) pauses_.succeed();
      if (result.outcome != SinkOutcome::Failed || !result.may_pass || !pauses_.wait(result.status)) return result;
    }
  }

 private:
  std::unique_ptr<Sink> sink_;
  RetryPauses pauses_;
};

}  // namespace millrace
