#include "runtime/connectors/console_sink.h"

#include "runtime/base/write_all.h"

namespace millrace {

SinkResult ConsoleSink::write(const SinkBatch& batch) {
  std::string_view text = text_.render(batch);
  std::string with_header;
  if (!has_written_) with_header = text_.header();
  has_written_ = true;
  if (!with_header.empty()) text = with_header.append(text);
  std::lock_guard<std::mutex> lock(output_->mutex);
  switch (write_all(output_->fd, text.data(), text.size())) {
    case WriteOutcome::Done:
      return {};
    case WriteOutcome::ReaderGone:
      return {SinkOutcome::ReaderGone, {}};
    case WriteOutcome::Failed:
      break;
  }
  return {SinkOutcome::Failed, system_error("standard output")};
}

SinkResult CaptureSink::write(const SinkBatch& batch) {
  SinkBatch shown = batch;
  shown.has_banner = batch.has_banner && has_banner_;
  std::string text = has_written_ ? std::string() : text_.header();
  has_written_ = true;
  text += text_.render(shown);
  take_(batch.batch_id, text);
  return {};
}

}  // namespace millrace
