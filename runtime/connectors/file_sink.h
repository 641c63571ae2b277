#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/connectors/batch_text.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// A file of JSON lines or csv. In mode overwrite it starts empty and, under EMIT COMPLETE, holds the last batch only; in mode append it
/// keeps what is there and gets every batch's rows. Under COMPLETE a batch is written beside the file, as `.NAME.next`, and takes its place when it is whole, so
/// that a reader sees one batch or the next; in place only where that cannot be: a device, a pipe, a folder that may not be written to.
class FileSink final : public Sink {
 public:
  /// `query` outlives it.
  explicit FileSink(const abi::QuerySpec& query);
  ~FileSink() override;

  Status open() override;
  /// How long the file is. It is cut back to that, unless it is another file.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;
  Status make_lasting() const override;
  int64_t rows_wanted() const override { return -1; }
  SinkResult write(const SinkBatch& batch) override;
  Status close() override;

 private:
  void choose_way();
  SinkResult failed() const;
  bool take_place() const;
  std::optional<SinkResult> replace(std::string_view text);
  Status removed() const;
  bool cut_back();
  Status cannot_write() const;

  BatchText text_;
  std::string path_;
  bool appends_;
  bool holds_last_batch_only_;
  bool replaces_ = false;      ///< batches take the file's place
  std::string target_;         ///< then: the file, symbolic links followed
  std::string next_;           ///< and where the next one is written
  bool header_due_ = false;
  int64_t size_ = 0;  ///< of the file
  bool is_torn_ = false;  ///< behind its size lies a part of a batch that could not be written
  int fd_ = -1;
  int lasting_fd_ = -1;   ///< the same open file, once it is closed to writing
};

/// Counts and drops.
class BlackholeSink final : public Sink {
 public:
  Status open() override { return {}; }
  int64_t rows_wanted() const override { return 0; }
  SinkResult write(const SinkBatch&) override { return {}; }
  Status close() override { return {}; }
};

}  // namespace millrace
