#include "runtime/connectors/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/write_all.h"
#include "runtime/connectors/connector_options.h"

namespace millrace {

FileSink::FileSink(const abi::QuerySpec& query)
    : text_(query),
      path_(text_option(query.sink.options, "path")),
      appends_(text_option(query.sink.options, "mode", "overwrite") == "append"),
      holds_last_batch_only_(!appends_ && query.mode == abi::EmitMode::Complete) {}

FileSink::~FileSink() {
  if (fd_ >= 0) ::close(fd_);
}

Status FileSink::open() {
  int how = O_WRONLY | O_CREAT | O_CLOEXEC | (appends_ ? O_APPEND : O_TRUNC);
  fd_ = ::open(path_.c_str(), how, 0666);
  if (fd_ < 0) return system_error(("cannot write '" + path_ + "'").c_str());
  struct stat info {};
  bool is_empty = ::fstat(fd_, &info) != 0 || info.st_size == 0;
  header_due_ = is_empty;
  return {};
}

SinkResult FileSink::write(const SinkBatch& batch) {
  std::string_view text = text_.render(batch);
  std::string with_header;
  if (holds_last_batch_only_) {
    header_due_ = true;
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) return failed();
  }
  if (header_due_) with_header = text_.header();
  header_due_ = false;
  if (!with_header.empty()) text = with_header.append(text);
  WriteOutcome outcome = write_all(fd_, text.data(), text.size());
  if (outcome == WriteOutcome::Failed) return failed();
  return {outcome == WriteOutcome::Done ? SinkOutcome::Written : SinkOutcome::ReaderGone, {}};
}

SinkResult FileSink::failed() const {
  return {SinkOutcome::Failed, system_error(("cannot write '" + path_ + "'").c_str())};
}

Status FileSink::close() {
  int fd = fd_;
  fd_ = -1;
  // Some file systems tell only here that they have no room left.
  if (fd >= 0 && ::close(fd) != 0) return system_error(("cannot write '" + path_ + "'").c_str());
  return {};
}

}  // namespace millrace
