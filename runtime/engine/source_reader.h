#pragma once

#include <cstdint>
#include <memory>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/formats/line_decoder.h"

namespace millrace {

/// A source with its decoder: gives blocks of rows. Used by one thread: open, then next_block until it says Ended or Failed.
class SourceReader {
 public:
  enum class Outcome : uint8_t { Rows, Nothing, BatchEnd, Ended, Failed };

  SourceReader(const abi::SourceSpec& spec, std::unique_ptr<Source> source);

  Status open() { return source_->open(); }

  /// The next block of rows; waits up to `timeout_us` for bytes (0: looks only, negative: as long as it takes).
  Outcome next_block(int64_t timeout_us);
  /// The next block of bytes that were received already; Nothing when there is none.
  Outcome next_received_block();

  const abi::LineBlock& block() const { return block_; }
  const Status& failure() const { return failure_; }
  bool is_bulk() const { return source_->is_bulk(); }
  bool is_scripted() const { return source_->is_scripted(); }
  int readiness_fd() const { return source_->readiness_fd(); }
  /// Steady clock, when the bytes of the present block came.
  int64_t received_ns() const { return received_ns_; }
  bool has_ended() const { return ended_; }

 private:
  Outcome read_more(int64_t timeout_us);
  Outcome after_boundary();

  std::unique_ptr<Source> source_;
  LineDecoder decoder_;
  abi::LineBlock block_{};
  Status failure_;
  int64_t received_ns_ = 0;
  ReadResult::Kind boundary_ = ReadResult::Kind::Nothing;  ///< NextFile, BatchEnd or End: follows the blocks still to come
  bool ended_ = false;
};

}  // namespace millrace
