#include "runtime/checkpoint/checkpoint_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"
#include "runtime/checkpoint/snapshot_file_writer.h"

namespace millrace {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".checkpoint";
constexpr std::string_view kJournalPrefix = "journal-";
constexpr int64_t kLockPatienceNs = 10'000'000'000;
constexpr timespec kLockPause{0, 20'000'000};

bool is_of_checkpoints(const std::string& name) {
  return name.ends_with(kSuffix) || name.ends_with(std::string(kSuffix) + ".tmp") || name.starts_with(kJournalPrefix);
}

}  // namespace

Result<std::unique_ptr<CheckpointFolder>> CheckpointFolder::open(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return Status::error("cannot make the checkpoint folder '" + path + "': " + error.message());
  std::unique_ptr<CheckpointFolder> folder(new CheckpointFolder(path));
  Status locked = folder->lock();
  if (!locked.ok()) return locked;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().extension() == ".tmp") fs::remove(entry.path(), error);
  }
  return folder;
}

CheckpointFolder::~CheckpointFolder() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Status CheckpointFolder::lock() {
  const std::string file = path_ + "/lock";
  lock_fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_fd_ < 0) return system_error(("cannot write '" + file + "'").c_str());
  const int64_t until = steady_clock_ns() + kLockPatienceNs;
  while (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error(("cannot lock '" + file + "'").c_str());
    if (steady_clock_ns() > until) return Status::error("the checkpoint folder '" + path_ + "' is in use by another process");
    ::nanosleep(&kLockPause, nullptr);
  }
  return {};
}

Status CheckpointFolder::reset() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    if (is_of_checkpoints(entry.path().filename().string())) fs::remove_all(entry.path(), error);
    if (error) break;
  }
  if (error) return Status::error("cannot empty the checkpoint folder '" + path_ + "': " + error.message());
  return make_names_lasting(path_);
}

std::string CheckpointFolder::path_of(std::string_view part, int64_t number) const {
  char digits[32];
  std::snprintf(digits, sizeof digits, ".%08lld", static_cast<long long>(number));
  return path_ + "/" + std::string(part) + digits + std::string(kSuffix);
}

PathOfNumber CheckpointFolder::paths_of(std::string_view part) const {
  return [this, name = std::string(part)](int64_t number) { return path_of(name, number); };
}

std::string CheckpointFolder::journal_path(std::string_view stream) const {
  return path_ + "/" + std::string(kJournalPrefix) + std::string(stream);
}

/// The largest first.
std::vector<int64_t> CheckpointFolder::numbers_of(std::string_view part) const {
  std::vector<int64_t> numbers;
  std::error_code error;
  const std::string prefix = std::string(part) + ".";
  for (const auto& entry : fs::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) continue;
    int64_t number = -1;
    const char* begin = name.data() + prefix.size();
    const char* end = name.data() + name.size() - kSuffix.size();
    const auto [stopped, parse_error] = std::from_chars(begin, end, number);
    if (parse_error == std::errc() && stopped == end) numbers.push_back(number);
  }
  std::sort(numbers.rbegin(), numbers.rend());
  return numbers;
}

Result<CheckpointFolder::Latest> CheckpointFolder::latest(std::string_view part,
                                                          const std::function<void(std::string_view)>& notice) const {
  const std::vector<int64_t> numbers = numbers_of(part);
  Status last_problem;
  for (const int64_t number : numbers) {
    const std::string path = path_of(part, number);
    auto file = SnapshotFile::open(paths_of(part), number);
    if (file) return Latest{std::move(file).value(), path, number};
    last_problem = file.error();
    if (notice && number != numbers.back()) notice("the checkpoint " + last_problem.message() + "; the one before is used");
  }
  if (last_problem.ok()) return Latest{};
  return Status::error("no checkpoint in '" + path_ + "' can be read: " + last_problem.message() + "; --checkpoint-reset begins anew");
}

void CheckpointFolder::prune(std::string_view part) const {
  const std::vector<int64_t> numbers = numbers_of(part);
  std::set<int64_t> needed;
  for (size_t i = 0; i < std::min(kKept, numbers.size()); ++i) {
    const Result<SnapshotIndex> index = SnapshotIndex::read(path_of(part, numbers[i]));
    if (!index) return;  // what it needs is not known
    needed.insert(numbers[i]);
    for (const BlockPlace& block : index->blocks) needed.insert(numbers[i] - block.steps_back);
  }
  std::error_code ignored;  // what cannot be removed now is in nobody's way
  for (const int64_t number : numbers) {
    if (!needed.contains(number)) fs::remove(path_of(part, number), ignored);
  }
}

}  // namespace millrace
