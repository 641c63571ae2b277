#include "runtime/recording/recording_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "runtime/base/crc32c.h"
#include "runtime/base/write_all.h"

namespace millrace {

namespace {

constexpr std::string_view kMagic = "MILLRACE RECORDING\n";
constexpr uint32_t kVersion = 1;
constexpr size_t kHeadBytes = kMagic.size() + sizeof kVersion;
/// Kept back until there is so much, or a flush.
constexpr size_t kBufferBytes = size_t{64} << 10;
constexpr size_t kOriginMax = UINT16_MAX;

struct EventHead {
  uint32_t size;      ///< of what follows: origin, then bytes
  uint32_t checksum;  ///< of the rest of the head and what follows
  uint8_t kind;
  uint8_t outcome;
  uint16_t origin_size;
  int32_t query;
  int32_t source;
  int32_t zero;
  int64_t value;
  int64_t at_ns;
};
static_assert(sizeof(EventHead) == 40);

uint32_t checksum_of(const EventHead& head, std::string_view origin, std::string_view bytes) {
  constexpr size_t kFrom = offsetof(EventHead, kind);
  uint32_t crc = crc32c(0, &head.size, sizeof head.size);
  crc = crc32c(crc, reinterpret_cast<const char*>(&head) + kFrom, sizeof head - kFrom);
  crc = crc32c(crc, origin.data(), origin.size());
  return crc32c(crc, bytes.data(), bytes.size());
}

bool begins_as_recording(int fd) {
  char head[kMagic.size()];
  const ssize_t got = ::pread(fd, head, sizeof head, 0);
  return got == 0 || (got == static_cast<ssize_t>(sizeof head) && std::string_view(head, sizeof head) == kMagic);
}

}  // namespace

RecordingWriter::~RecordingWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status RecordingWriter::failed() const { return system_error(("cannot write the recording '" + path_ + "'").c_str()); }

Status RecordingWriter::open(const std::string& path) {
  path_ = path;
  // What is received may be anybody's secret.
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd_ < 0) return failed();
  struct stat facts {};
  const bool is_file = ::fstat(fd_, &facts) == 0 && S_ISREG(facts.st_mode);
  if (is_file && !begins_as_recording(fd_)) {
    return Status::error("'" + path + "' is there already and is no recording: it is left as it is");
  }
  if (is_file && ::ftruncate(fd_, 0) != 0) return failed();
  buffer_ = kMagic;
  buffer_.append(reinterpret_cast<const char*>(&kVersion), sizeof kVersion);
  return flush();
}

Status RecordingWriter::append(const RecordedEvent& event) {
  const std::string_view origin = event.origin.substr(0, kOriginMax);
  EventHead head{};
  head.size = static_cast<uint32_t>(origin.size() + event.bytes.size());
  head.kind = static_cast<uint8_t>(event.kind);
  head.outcome = event.outcome;
  head.origin_size = static_cast<uint16_t>(origin.size());
  head.query = event.query;
  head.source = event.source;
  head.value = event.value;
  head.at_ns = event.at_ns;
  head.checksum = checksum_of(head, origin, event.bytes);
  buffer_.append(reinterpret_cast<const char*>(&head), sizeof head).append(origin).append(event.bytes);
  return buffer_.size() < kBufferBytes ? Status{} : flush();
}

Status RecordingWriter::flush() {
  if (buffer_.empty()) return {};
  const WriteOutcome outcome = write_all(fd_, buffer_.data(), buffer_.size());
  buffer_.clear();
  return outcome == WriteOutcome::Done ? Status{} : failed();
}

Status RecordingWriter::close() {
  Status flushed = flush();
  const int fd = std::exchange(fd_, -1);
  return ::close(fd) == 0 || !flushed.ok() ? flushed : failed();
}

Result<std::unique_ptr<RecordingFile>> RecordingFile::open(const std::string& path) {
  const auto cannot_read = [&] { return system_error(("cannot read '" + path + "'").c_str()); };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannot_read();
  struct stat facts {};
  if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(fd);
    return Status::error("'" + path + "' is not a file");
  }
  const auto size = static_cast<size_t>(facts.st_size);
  void* mapped = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  const int error = errno;
  ::close(fd);
  errno = error;
  if (mapped == MAP_FAILED) return cannot_read();
  std::unique_ptr<RecordingFile> file(new RecordingFile({static_cast<const char*>(mapped), size}, path));
  file->is_mapped_ = size > 0;
  if (Status good = file->check_head(); !good.ok()) return good;
  return file;
}

Result<std::unique_ptr<RecordingFile>> RecordingFile::of_bytes(std::string_view bytes, std::string name) {
  std::unique_ptr<RecordingFile> file(new RecordingFile(bytes, std::move(name)));
  if (Status good = file->check_head(); !good.ok()) return good;
  return file;
}

RecordingFile::~RecordingFile() {
  if (is_mapped_) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

Status RecordingFile::check_head() {
  if (bytes_.size() < kHeadBytes || !bytes_.starts_with(kMagic)) return Status::error("'" + name_ + "' is no recording of a job");
  uint32_t version = 0;
  std::memcpy(&version, bytes_.data() + kMagic.size(), sizeof version);
  if (version != kVersion) {
    return Status::error("'" + name_ + "' is a recording of format " + std::to_string(version) + "; this program reads format " + std::to_string(kVersion));
  }
  at_ = kHeadBytes;
  return {};
}

std::nullopt_t RecordingFile::stop(std::string flaw, bool is_damaged) {
  flaw_ = std::move(flaw);
  is_damaged_ = is_damaged;
  at_ = bytes_.size();
  is_closed_ = true;
  return std::nullopt;
}

std::optional<RecordedEvent> RecordingFile::next() {
  const std::string_view rest = bytes_.substr(at_);
  if (is_closed_) return std::nullopt;
  if (rest.empty()) return stop("'" + name_ + "' has no end: the job that it is of was cut short, or the file was", false);
  EventHead head{};
  if (rest.size() >= sizeof head) std::memcpy(&head, rest.data(), sizeof head);
  if (rest.size() < sizeof head || rest.size() - sizeof head < head.size) {
    return stop("'" + name_ + "' breaks off in the middle of an event, at byte " + std::to_string(at_), false);
  }
  const std::string_view payload = rest.substr(sizeof head, head.size);
  const size_t origin_size = head.origin_size;
  const bool is_whole = origin_size <= payload.size() && checksum_of(head, payload.substr(0, origin_size), payload.substr(origin_size)) == head.checksum;
  if (!is_whole) return stop("'" + name_ + "' is damaged at byte " + std::to_string(at_), true);
  at_ += sizeof head + head.size;
  RecordedEvent event{static_cast<RecordedEvent::Kind>(head.kind), head.outcome, head.query, head.source, head.value, head.at_ns,
                      payload.substr(0, origin_size), payload.substr(origin_size)};
  is_closed_ = event.kind == RecordedEvent::Kind::Closed;
  if (is_closed_ && at_ < bytes_.size()) return stop("'" + name_ + "' goes on behind its end, at byte " + std::to_string(at_), true);
  return event;
}

}  // namespace millrace
