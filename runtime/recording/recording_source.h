#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/connectors/connector.h"
#include "runtime/recording/run_recorder.h"

namespace millrace {

/// A source all of whose reads are recorded. One thread.
class RecordingSource final : public Source {
 public:
  /// Source number `source` of the job's program. The recorder outlives it.
  RecordingSource(std::unique_ptr<Source> read, int32_t source, bool is_table, RunRecorder& recorder)
      : read_(std::move(read)), source_(source), is_table_(is_table), recorder_(recorder) {}

  Status open() override {
    Status opened = read_->open();
    if (!opened.ok() && is_table_) recorder_.received(source_, is_table_, ReadResult::failed(opened), {});
    return opened;
  }
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override {
    ReadResult got = read_->read(buffer, timeout_us);
    recorder_.received(source_, is_table_, got, buffer);
    return got;
  }
  bool is_bulk() const override { return read_->is_bulk(); }
  bool has_given_all() const override { return read_->has_given_all(); }
  int64_t memory_bytes() const override { return read_->memory_bytes(); }
  int readiness_fd() const override { return read_->readiness_fd(); }
  std::optional<std::string> position() const override { return read_->position(); }
  Status resume(std::string_view position) override { return read_->resume(position); }
  Status make_lasting() const override { return read_->make_lasting(); }
  void release(std::string_view position) override { read_->release(position); }
  bool is_scripted() const override { return read_->is_scripted(); }

 private:
  std::unique_ptr<Source> read_;
  int32_t source_;
  bool is_table_;
  RunRecorder& recorder_;
};

}  // namespace millrace
