#include "runtime/connectors/file_sink.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "runtime/base/write_all.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

FileSink::FileSink(const abi::QuerySpec& query)
    : text_(query),
      path_(text_option(query.sink.options, "path")),
      appends_(text_option(query.sink.options, "mode", "overwrite") == "append"),
      holds_last_batch_only_(!appends_ && query.mode == abi::EmitMode::Complete) {}

FileSink::~FileSink() {
  if (fd_ >= 0) ::close(fd_);
  if (lasting_fd_ >= 0) ::close(lasting_fd_);
}

/// Once the file is open.
void FileSink::choose_way() {
  struct stat info {};
  replaces_ = holds_last_batch_only_ && ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode);
  if (!replaces_) return;
  std::error_code unknown;
  const std::filesystem::path target = std::filesystem::canonical(path_, unknown);
  replaces_ = !unknown;
  target_ = target.string();
  next_ = (target.parent_path() / ("." + target.filename().string() + ".next")).string();
  ::unlink(next_.c_str());  // of a run that was killed
}

Status FileSink::open() {
  int how = O_WRONLY | O_CREAT | O_CLOEXEC | (appends_ ? O_APPEND : O_TRUNC);
  fd_ = ::open(path_.c_str(), how, 0666);
  if (fd_ < 0) return cannot_write();
  struct stat info {};
  bool is_empty = ::fstat(fd_, &info) != 0 || info.st_size == 0;
  header_due_ = is_empty;
  size_ = is_empty ? 0 : info.st_size;
  choose_way();
  return {};
}

std::optional<std::string> FileSink::position() const {
  return PlaceText().add(path_).add(header_due_ ? 1 : 0).add(size_).take();
}

Status FileSink::resume(std::string_view position) {
  PlaceReader place(position);
  const bool is_same_file = place.text() == path_;
  const bool header_due = place.number() != 0;
  const int64_t size = place.number();
  if (!place.ok()) return place.status();
  if (!is_same_file) return open();
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | (appends_ ? O_APPEND : 0), 0666);
  struct stat info {};
  if (fd_ < 0 || ::fstat(fd_, &info) != 0) return cannot_write();
  // Under COMPLETE the next batch writes all of it anew; what a batch that was cut short has left of it is not what was there.
  if (info.st_size < size && !holds_last_batch_only_) {
    return Status::error("'" + path_ + "' has " + std::to_string(info.st_size) + " bytes, but had " + std::to_string(size) +
                         " when the checkpoint was made: it was changed since; put it back, or begin anew with --checkpoint-reset");
  }
  header_due_ = header_due;
  choose_way();
  if (replaces_) return {};  // it holds a whole batch, this one or one that came behind the checkpoint and comes again
  size_ = std::min<int64_t>(info.st_size, size);
  if (info.st_size > size && ::ftruncate(fd_, size) != 0) return cannot_write();
  return ::lseek(fd_, 0, SEEK_END) < 0 ? cannot_write() : Status{};
}

/// By the descriptor that was written to: the system tells what it could not write to the disk once, to those who have had the file open since. Whoever opens it later may be told
/// that all is well although what was written has been dropped.
Status FileSink::make_lasting() const {
  const int fd = fd_ >= 0 ? fd_ : lasting_fd_;
  if (fd < 0) return {};
  if (!put_on_disk(fd) && errno != EINVAL) return cannot_write();  // a device or a pipe has no disk
  if (!replaces_) return removed();
  const int folder = ::open(std::filesystem::path(target_).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_kept = folder >= 0 && (put_on_disk(folder) || errno == EINVAL);  // not every file system knows it for folders
  Status kept = is_kept ? Status{} : cannot_write();
  if (folder >= 0) ::close(folder);
  return kept;
}

/// Writing goes on as if nothing had happened when somebody removes the file, and all of it goes when the descriptor does.
Status FileSink::removed() const {
  struct stat info {};
  const bool is_gone = ::fstat(fd_ >= 0 ? fd_ : lasting_fd_, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 0;
  return is_gone ? Status::error("cannot write '" + path_ + "': it was removed while the query wrote to it") : Status{};
}

/// Exchanging names lets ext4 do without writing to the disk at once, which renaming over a file does not: a millisecond a batch.
bool FileSink::take_place() const {
  if (::renameat2(AT_FDCWD, next_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) {
    ::unlink(next_.c_str());
    return true;
  }
  // Somebody has removed the file, or the file system does not know it.
  return (errno == ENOENT || errno == EINVAL || errno == ENOSYS) && ::rename(next_.c_str(), target_.c_str()) == 0;
}

/// Nothing when the folder may not be written to: then it is done in place.
std::optional<SinkResult> FileSink::replace(std::string_view text) {
  const int fd = ::open(next_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0 && (errno == EACCES || errno == EPERM)) return std::nullopt;
  if (fd < 0) return failed();
  struct stat before {};
  if (::fstat(fd_, &before) == 0) (void)::fchmod(fd, before.st_mode & 07777);
  if (write_all(fd, text.data(), text.size()) != WriteOutcome::Done || !take_place()) {
    SinkResult result = failed();
    ::close(fd);
    ::unlink(next_.c_str());
    return result;
  }
  ::close(fd_);
  fd_ = fd;
  size_ = static_cast<int64_t>(text.size());
  return SinkResult{SinkOutcome::Written, {}};
}

Status FileSink::cannot_write() const { return system_error(("cannot write '" + path_ + "'").c_str()); }

/// Nobody is to see half a batch, and what comes next is written where that began.
bool FileSink::cut_back() {
  const bool is_cut = ::ftruncate(fd_, size_) == 0 && ::lseek(fd_, size_, SEEK_SET) >= 0;
  is_torn_ = !is_cut && errno != EINVAL;  // of a device or a pipe nothing can be taken back
  return !is_torn_;
}

SinkResult FileSink::write(const SinkBatch& batch) {
  std::string_view text = text_.render(batch);
  std::string with_header = holds_last_batch_only_ || header_due_ ? text_.header() : "";
  if (!with_header.empty()) text = with_header.append(text);
  if (replaces_) {
    if (std::optional<SinkResult> replaced = replace(text)) return *replaced;
  }
  if (is_torn_ && !cut_back()) return failed();
  if (holds_last_batch_only_) {
    size_ = 0;
    if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) return failed();
  }
  WriteOutcome outcome = write_all(fd_, text.data(), text.size());
  if (outcome == WriteOutcome::Failed) {
    SinkResult result = failed();
    (void)cut_back();
    return result;
  }
  header_due_ = false;
  size_ += static_cast<int64_t>(text.size());
  return {outcome == WriteOutcome::Done ? SinkOutcome::Written : SinkOutcome::ReaderGone, {}};
}

SinkResult FileSink::failed() const {
  const bool passes = may_pass(errno);
  return {SinkOutcome::Failed, cannot_write(), passes};
}

Status FileSink::close() {
  int fd = fd_;
  fd_ = -1;
  if (fd >= 0) lasting_fd_ = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  const Status gone = fd >= 0 && !replaces_ ? removed() : Status{};
  // Some file systems tell only here that they have no room left.
  if (fd >= 0 && ::close(fd) != 0) return cannot_write();
  return gone;
}

}  // namespace millrace
