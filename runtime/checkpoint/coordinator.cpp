#include "runtime/checkpoint/coordinator.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"
#include "runtime/checkpoint/snapshot_file_writer.h"

namespace millrace {

namespace {

/// What a copy says by its exit status.
constexpr int kWritten = 0;
constexpr int kNotWritten = 1;
constexpr int kNotLasting = 2;

/// A copy must hold no connection open that the job closes. Standard input and outputs stay, and so do files, of which those that are written to tell whether the disk has them.
void close_connections(int but) {
  std::vector<int> connections;
  std::error_code error;
  for (std::filesystem::directory_iterator open("/proc/self/fd", error), end; !error && open != end; open.increment(error)) {
    const int fd = std::atoi(open->path().filename().c_str());
    struct stat info {};
    if (fd > 2 && fd != but && ::fstat(fd, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) connections.push_back(fd);
  }
  for (const int fd : connections) ::close(fd);
}

}  // namespace

CheckpointCoordinator::CheckpointCoordinator(const CheckpointFolder& folder, std::string part, CheckpointPace pace, int64_t last_number,
                                             Notice notice)
    : folder_(folder), part_(std::move(part)), pace_(pace), notice_(std::move(notice)), next_number_(last_number + 1),
      last_whole_(last_number), begun_ns_(steady_clock_ns()) {}

CheckpointCoordinator::~CheckpointCoordinator() {
  reap(true);
  if (page_thread_.joinable()) page_thread_.join();
}

bool CheckpointCoordinator::is_due(int64_t batches) {
  batches_now_ = batches;
  const bool is_time = pace_.batches > 0 ? batches - batches_then_ >= pace_.batches : steady_clock_ns() - begun_ns_ >= pace_.interval_us * 1000;
  return is_time && reap(false) && !page_thread_is_busy_.load(std::memory_order_acquire);
}

void CheckpointCoordinator::note_begin() {
  begun_ns_ = steady_clock_ns();
  batches_then_ = batches_now_;
}

void CheckpointCoordinator::take_in_background(const Write& write) {
  note_begin();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return notice_("no checkpoint: " + system_error("cannot make a pipe").message());
  const int64_t number = next_number_++;
  const Blocks blocks = large_state_blocks();
  const pid_t copy = ::fork();
  if (copy == 0) write_as_copy(write, number, ends[1], blocks);
  ::close(ends[1]);
  costs_.hold_longest_ns = std::max(costs_.hold_longest_ns, steady_clock_ns() - begun_ns_);
  if (copy < 0) {
    ::close(ends[0]);
    return notice_("no checkpoint: " + system_error("cannot copy the process").message());
  }
  copy_ = copy;
  copy_number_ = number;
  result_fd_ = ends[0];
}

/// In the copy, which has this thread only. What the others were at when it was made stays as it was, so that it must not wait for them.
void CheckpointCoordinator::write_as_copy(const Write& write, int64_t number, int result_fd, const Blocks& blocks) const {
  ::signal(SIGINT, SIG_IGN);  // a terminal's Ctrl-C is meant for the job, which waits for its copy
  ::signal(SIGTERM, SIG_IGN);
  close_connections(result_fd);
  const auto say = [result_fd](const Status& why) { (void)write_all(result_fd, why.message().data(), why.message().size()); };
  if (const Status lasting = make_lasting(); !lasting.ok()) {
    say(lasting);
    ::_exit(kNotLasting);
  }
  const Result<Sizes> written = write_file(write, number, blocks);
  if (written) (void)write_all(result_fd, reinterpret_cast<const char*>(&*written), sizeof *written);
  else say(written.error());
  ::_exit(written ? kWritten : kNotWritten);
}

Status CheckpointCoordinator::make_lasting() const { return make_lasting_ ? make_lasting_() : Status{}; }

Result<CheckpointCoordinator::Sizes> CheckpointCoordinator::write_file(const Write& write, int64_t number, const Blocks& abandoned) const {
  SnapshotFileWriter file;
  Status opened = file.open(folder_.path_of(part_, number));
  if (!opened.ok()) return opened;
  file.reuse(folder_.paths_of(part_), number, last_whole_);
  SnapshotWriter writer([&file](std::string_view block) { return file.add_block(block); });
  Status written = write(writer);
  Status finished = writer.finish();
  if (!written.ok()) return written;
  if (!finished.ok()) return finished;
  abandon_state(abandoned);  // before the wait for the disk, which is the longest part
  Status committed = file.commit();
  if (!committed.ok()) return committed;
  folder_.prune(part_);
  return Sizes{file.payload_bytes(), file.bytes_written()};
}

Status CheckpointCoordinator::take_now(const Write& write) {
  reap(true);
  note_begin();
  if (not_lasting_.ok()) not_lasting_ = make_lasting();
  if (!not_lasting_.ok()) return not_lasting_;
  const int64_t number = next_number_++;
  const Result<Sizes> written = write_file(write, number, {});
  if (!written) return written.error();
  note_end(number, *written);
  return {};
}

void CheckpointCoordinator::note_end(int64_t number, const Sizes& sizes) {
  last_whole_ = number;
  ++costs_.taken;
  costs_.bytes = sizes.bytes;
  costs_.bytes_written = sizes.bytes_written;
}

void CheckpointCoordinator::restore_pages() {
  if (page_thread_.joinable()) page_thread_.join();
  page_thread_is_busy_.store(true, std::memory_order_relaxed);
  page_thread_ = std::thread([this, blocks = large_state_blocks()] {
    restore_huge_pages(blocks);
    page_thread_is_busy_.store(false, std::memory_order_release);
  });
}

/// False while a copy is at work.
bool CheckpointCoordinator::reap(bool wait) {
  if (copy_ < 0) return true;
  int status = 0;
  pid_t ended = 0;
  do {
    ended = ::waitpid(copy_, &status, wait ? 0 : WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return false;
  copy_ = -1;
  char text[512];
  const auto size = static_cast<size_t>(std::max<ssize_t>(::read(result_fd_, text, sizeof text), 0));
  ::close(std::exchange(result_fd_, -1));
  Sizes sizes;
  const int said = ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (said == kWritten && size == sizeof sizes) {
    std::memcpy(&sizes, text, sizeof sizes);
    note_end(copy_number_, sizes);
  } else if (said == kNotLasting) {
    not_lasting_ = Status::error(std::string(text, size));
  } else {
    notice_("no checkpoint: " + (size == 0 ? "the process that wrote it was ended" : std::string(text, size)) + "; the one before stays");
  }
  if (!wait) restore_pages();
  return true;
}

}  // namespace millrace
