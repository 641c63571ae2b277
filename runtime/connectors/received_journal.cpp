#include "runtime/connectors/received_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "runtime/base/crc32c.h"
#include "runtime/base/write_all.h"

namespace millrace {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".received";
constexpr int64_t kSegmentBytes = int64_t{64} << 20;
constexpr uint32_t kLargestRecord = uint32_t{1} << 30;
constexpr auto kSyncPause = std::chrono::milliseconds(5);

constexpr uint32_t kEndMark = 0;
constexpr uint32_t kCutMark = UINT32_MAX;

struct RecordHeader {
  uint32_t size;      ///< or a mark, which has no bytes
  uint32_t checksum;  ///< of the record's place, its size and its bytes
};

uint32_t checksum_of(int64_t place, uint32_t size, std::string_view bytes) {
  uint32_t crc = crc32c(0, &place, sizeof place);
  crc = crc32c(crc, &size, sizeof size);
  return crc32c(crc, bytes.data(), bytes.size());
}

/// In one call, where the system takes all of it at once.
bool write_record(int fd, RecordHeader header, std::string_view bytes) {
  auto* const head = reinterpret_cast<char*>(&header);
  const iovec parts[] = {{head, sizeof header}, {const_cast<char*>(bytes.data()), bytes.size()}};
  const ssize_t result = ::writev(fd, parts, 2);
  if (result < 0 && errno != EINTR) return false;
  const auto written = static_cast<size_t>(std::max<ssize_t>(result, 0));
  const size_t of_head = std::min(written, sizeof header);
  bytes.remove_prefix(written - of_head);
  return write_all(fd, head + of_head, sizeof header - of_head) == WriteOutcome::Done && write_all(fd, bytes.data(), bytes.size()) == WriteOutcome::Done;
}

/// As much of it as the file has; -1: failed, errno says why.
ssize_t read_at(int fd, char* bytes, size_t size, int64_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, bytes + done, size - done, offset + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

Status sync_path(const std::string& path, int how) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | how);
  if (fd < 0) return system_error(("cannot open '" + path + "'").c_str());
  Status outcome = ::fsync(fd) == 0 || errno == EINVAL ? Status{} : system_error(("cannot write '" + path + "'").c_str());
  ::close(fd);
  return outcome;
}

}  // namespace

ReceivedJournal::~ReceivedJournal() {
  stop_syncing();
  if (read_fd_ >= 0) ::close(read_fd_);
  if (write_fd_ >= 0) ::close(write_fd_);
  for (const int fd : full_) ::close(fd);
}

Status ReceivedJournal::failed(const std::string& path, int error) {
  return Status::error("the journal '" + path + "': " + std::strerror(error));
}

Status ReceivedJournal::open(int64_t place) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return Status::error("cannot make the folder '" + folder_ + "': " + error.message());
  Status listed = list_segments();
  if (!listed.ok()) return listed;
  place_ = place;
  // Reads from the last segment that begins at or before the place.
  auto after = std::upper_bound(segments_.begin(), segments_.end(), place, [](int64_t p, const Segment& s) { return p < s.place; });
  if (after == segments_.begin()) {
    if (segments_.empty()) return begin_segment();
    return Status::error("the journal '" + folder_ + "' has lost bytes: it begins at " + std::to_string(segments_.front().place) +
                         ", and the checkpoint is at " + std::to_string(place));
  }
  reading_ = static_cast<size_t>(after - segments_.begin()) - 1;
  // The one before may end with a mark for the line that was begun before the place.
  if (reading_ > 0 && segments_[reading_].place == place) --reading_;
  return open_for_reading(segments_[reading_]);
}

Status ReceivedJournal::list_segments() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kSuffix)) continue;
    Segment segment{-1, entry.path().string()};
    (void)std::from_chars(name.data(), name.data() + name.size() - kSuffix.size(), segment.place);
    if (segment.place >= 0) segments_.push_back(segment);
  }
  if (error) return Status::error("cannot read the folder '" + folder_ + "': " + error.message());
  std::sort(segments_.begin(), segments_.end(), [](const Segment& a, const Segment& b) { return a.place < b.place; });
  return {};
}

Status ReceivedJournal::open_for_reading(const Segment& segment) {
  if (read_fd_ >= 0) ::close(read_fd_);
  read_fd_ = ::open(segment.path.c_str(), O_RDWR | O_CLOEXEC);
  if (read_fd_ < 0) return failed(segment.path, errno);
  record_at_ = 0;
  file_place_ = segment.place;
  return {};
}

/// The next record that has bytes behind `place_`; false when there is none, or a mark for a line that was given up comes first.
Result<bool> ReceivedJournal::read_record() {
  for (;;) {
    RecordHeader header{};
    const ssize_t got = read_at(read_fd_, reinterpret_cast<char*>(&header), sizeof header, record_at_);
    if (got < 0) return failed(segments_[reading_].path, errno);
    if (got == sizeof header && header.size == kCutMark && header.checksum == checksum_of(file_place_, kCutMark, {})) {
      record_at_ += got;
      if (file_place_ < place_) continue;
      has_cut_ = true;
      record_.clear();  // of one that was passed over, or read to its end
      record_used_ = 0;
      return false;
    }
    bool whole = got == sizeof header && header.size <= kLargestRecord;
    if (whole) {
      record_.resize(header.size);
      const ssize_t bytes = read_at(read_fd_, record_.data(), record_.size(), record_at_ + got);
      if (bytes < 0) return failed(segments_[reading_].path, errno);  // a disk that does not answer is no record that was cut short
      whole = bytes == static_cast<ssize_t>(record_.size()) && header.checksum == checksum_of(file_place_, header.size, record_);
    }
    if (!whole) {
      const bool is_last = reading_ + 1 == segments_.size();
      if (is_last) return false;
      if (segments_[reading_ + 1].place != file_place_) {
        return Status::error("the journal '" + segments_[reading_].path + "' is damaged at byte " + std::to_string(record_at_));
      }
      Status opened = open_for_reading(segments_[++reading_]);
      if (!opened.ok()) return opened;
      continue;
    }
    if (header.size == kEndMark) {
      has_ended_ = true;
      return false;
    }
    record_at_ += static_cast<int64_t>(sizeof header) + header.size;
    file_place_ += header.size;
    if (file_place_ <= place_) continue;
    record_used_ = record_.size() - static_cast<size_t>(file_place_ - place_);
    return true;
  }
}

Result<size_t> ReceivedJournal::read(std::span<char> buffer) {
  if (read_fd_ < 0) return size_t{0};
  if (record_used_ == record_.size()) {
    auto more = read_record();
    if (!more) return more.error();
    if (has_cut_) return size_t{0};
    if (!*more) {
      Status cut = cut_off_here();
      if (!cut.ok()) return cut;
      return size_t{0};
    }
  }
  const size_t count = std::min(buffer.size(), record_.size() - record_used_);
  std::memcpy(buffer.data(), record_.data() + record_used_, count);
  record_used_ += count;
  place_ += static_cast<int64_t>(count);
  return count;
}

/// What follows the last whole record was being written when the process ended, and nobody has seen it.
Status ReceivedJournal::cut_off_here() {
  const std::string path = segments_[reading_].path;
  ::close(std::exchange(read_fd_, -1));
  record_.clear();
  record_used_ = 0;
  if (file_place_ < place_) return Status::error("the journal '" + path + "' has lost bytes that a checkpoint knows");
  if (has_ended_) return {};
  if (::truncate(path.c_str(), record_at_) != 0) return failed(path, errno);
  if (file_place_ == segments_[reading_].place) segments_.pop_back();  // without bytes: goes on with its name, and with the marks that it has
  return begin_segment();
}

Status ReceivedJournal::begin_segment() {
  char name[40];
  std::snprintf(name, sizeof name, "/%020lld", static_cast<long long>(place_));
  Segment segment{place_, folder_ + name + std::string(kSuffix)};
  const int fd = ::open(segment.path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  const off_t marks = fd < 0 ? -1 : ::lseek(fd, 0, SEEK_END);
  if (marks < 0) {
    Status why = failed(segment.path, errno);
    if (fd >= 0) ::close(fd);
    return why;
  }
  segments_.push_back(std::move(segment));
  segment_bytes_ = marks;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    write_fd_ = fd;
    has_new_name_ = true;
  }
  if (!syncer_.joinable()) syncer_ = std::thread([this] { sync_while_open(); });
  return {};
}

Status ReceivedJournal::append(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (segment_bytes_ >= kSegmentBytes) retire_segment();
  Status appended = append_record(static_cast<uint32_t>(bytes.size()), bytes);
  if (appended.ok()) place_ += static_cast<int64_t>(bytes.size());
  return appended;
}

Status ReceivedJournal::append_cut() { return append_record(kCutMark, {}); }

Status ReceivedJournal::append_end() {
  Status appended = append_record(kEndMark, {});
  has_ended_ = appended.ok();
  return appended;
}

Status ReceivedJournal::append_record(uint32_t size, std::string_view bytes) {
  if (write_fd_ < 0) {
    Status begun = begin_segment();
    if (!begun.ok()) return begun;
  }
  const RecordHeader header{size, checksum_of(place_, size, bytes)};
  const std::string& path = segments_.back().path;
  if (is_torn_ && !cut_back()) return failed(path, errno);
  if (!write_record(write_fd_, header, bytes)) {
    Status why = failed(path, errno);
    const int error = errno;
    (void)cut_back();
    errno = error;
    return why;
  }
  segment_bytes_ += static_cast<int64_t>(sizeof header + bytes.size());
  std::lock_guard<std::mutex> lock(mutex_);
  if (!is_dirty_) changed_.notify_all();
  is_dirty_ = true;
  if (sync_error_ == 0) return {};
  // What the system could not put on the disk it may have dropped, and says so only once.
  Status lost = failed(path, sync_error_);
  errno = 0;
  return lost;
}

/// So that the next record lies where a reader expects it.
bool ReceivedJournal::cut_back() {
  is_torn_ = ::ftruncate(write_fd_, segment_bytes_) != 0 || ::lseek(write_fd_, segment_bytes_, SEEK_SET) < 0;
  return !is_torn_;
}

/// The syncer puts the full segment on the disk, while the next one is begun.
void ReceivedJournal::retire_segment() {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return full_.size() < kFullMost || sync_error_ != 0; });
    full_.push_back(std::exchange(write_fd_, -1));
    is_dirty_ = true;
  }
  changed_.notify_all();
  segment_bytes_ = 0;
}

/// 0, or the errno of what failed.
int ReceivedJournal::sync_once(int written, const std::vector<int>& full, bool has_new_name) const {
  int error = 0;
  for (const int fd : full) {
    if (::fdatasync(fd) != 0) error = errno;
  }
  if (written >= 0 && ::fdatasync(written) != 0) error = errno;
  if (has_new_name && !sync_path(folder_, O_DIRECTORY).ok()) error = errno;
  return error;
}

void ReceivedJournal::sync_while_open() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stops_) {
    changed_.wait(lock, [this] { return is_dirty_ || stops_; });
    if (stops_) return;
    is_dirty_ = false;
    const std::vector<int> full = full_;
    const bool has_new_name = std::exchange(has_new_name_, false);
    const int written = write_fd_;  // is not closed meanwhile: nobody but this thread closes one that becomes full
    lock.unlock();
    const int error = sync_once(written, full, has_new_name);
    lock.lock();
    if (error != 0) sync_error_ = error;
    for (const int fd : full) ::close(fd);
    full_.erase(full_.begin(), full_.begin() + static_cast<ptrdiff_t>(full.size()));
    changed_.notify_all();
    changed_.wait_for(lock, kSyncPause, [this] { return stops_ || full_.size() >= kFullMost; });
  }
}

void ReceivedJournal::stop_syncing() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  if (syncer_.joinable()) syncer_.join();
}

/// Takes no lock, which another thread may have had when the process was copied: a segment too many is put on the disk at the worst.
Status ReceivedJournal::make_lasting() const {
  for (size_t i = segments_.size() - std::min(segments_.size(), kFullMost + 1); i < segments_.size(); ++i) {
    Status lasting = sync_path(segments_[i].path, 0);
    if (!lasting.ok()) return lasting;
  }
  return segments_.empty() ? Status{} : sync_path(folder_, O_DIRECTORY);
}

void ReceivedJournal::forget_before(int64_t place) {
  // One that ends at the place may end with a mark, which opening there has to see.
  while (segments_.size() > 1 && segments_[1].place < place && read_fd_ < 0) {
    ::unlink(segments_.front().path.c_str());  // one that stays is in nobody's way
    segments_.erase(segments_.begin());
  }
}

}  // namespace millrace
