#pragma once

#include <memory>
#include <string>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/received_journal.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

/// A source that cannot give its bytes twice, behind a journal: they are written there before they are handed on, and after a failure come from there first. A
/// line that the failure cut in two is given up, as when a connection breaks. While the journal cannot be written nothing is received. One thread.
class DurableSource final : public Source {
 public:
  DurableSource(std::unique_ptr<Source> source, std::string journal_folder, RetryPauses pauses)
      : source_(std::move(source)), journal_(std::move(journal_folder)), pauses_(std::move(pauses)) {}

  Status open() override { return resume_at(0); }
  Status resume(std::string_view position) override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return source_->is_bulk(); }
  int64_t memory_bytes() const override { return source_->memory_bytes() + journal_.memory_bytes(); }
  int readiness_fd() const override { return is_replaying_ ? -1 : source_->readiness_fd(); }
  std::optional<std::string> position() const override;
  Status make_lasting() const override { return journal_.make_lasting(); }
  void release(std::string_view position) override;

 private:
  Status resume_at(int64_t place);
  ReadResult replay(std::span<char> buffer);
  Status keep(std::string_view bytes);
  Status keep_mark(Status (ReceivedJournal::*append)());
  bool is_worth_another(const Status& kept);

  std::unique_ptr<Source> source_;
  ReceivedJournal journal_;
  RetryPauses pauses_;
  bool is_replaying_ = true;
  bool line_is_open_ = false;  ///< the last byte given was not a `\n`
};

}  // namespace millrace
