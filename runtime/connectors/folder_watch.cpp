#include "runtime/connectors/folder_watch.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

namespace {

constexpr int64_t kStableNs = 1'000'000'000;
constexpr int64_t kLookAgainUs = 100'000;
constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr size_t kEventBytes = size_t{64} << 10;

/// How programs name what they have not finished.
constexpr std::string_view kUnfinished[] = {".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".inprogress", "~"};

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status FolderWatch::open() {
  descriptor_ = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor_ < 0) return system_error("cannot watch folders");
  // Before the first look, so that nothing falls in between.
  if (::inotify_add_watch(descriptor_, folder_.c_str(), kEvents) < 0) {
    return system_error(("cannot watch the folder '" + folder_ + "'").c_str());
  }
  return scan();
}

bool FolderWatch::wants(std::string_view name) const {
  if (name.empty() || name[0] == '.' || name[0] == '_') return false;
  bool unfinished = std::any_of(std::begin(kUnfinished), std::end(kUnfinished), [&](std::string_view end) { return name.ends_with(end); });
  return !unfinished && ::fnmatch(pattern_.c_str(), std::string(name).c_str(), 0) == 0;
}

std::optional<FolderWatch::FileFacts> FolderWatch::facts_of(const std::string& name) const {
  std::string path = folder_ + "/" + name;
  struct stat info {};
  struct stat entry {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  bool is_link = ::lstat(path.c_str(), &entry) == 0 && S_ISLNK(entry.st_mode);
  return FileFacts{int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec, info.st_size, is_link || info.st_nlink > 1};
}

Status FolderWatch::scan() {
  std::unique_ptr<DIR, CloseFolder> folder(::opendir(folder_.c_str()));
  if (folder == nullptr) return system_error(("cannot read the folder '" + folder_ + "'").c_str());
  std::erase_if(taken_, [this](const std::string& name) { return ::access((folder_ + "/" + name).c_str(), F_OK) != 0; });
  while (const dirent* entry = ::readdir(folder.get())) {
    std::string name = entry->d_name;
    if (!wants(name) || taken_.contains(name) || waiting_.contains(name) || growing_.contains(name)) continue;
    note_growing(name);
  }
  promote_stable();
  return {};
}

Status FolderWatch::look() {
  alignas(inotify_event) std::array<char, kEventBytes> bytes;
  for (;;) {
    ssize_t got = ::read(descriptor_, bytes.data(), bytes.size());
    if (got <= 0) break;
    const char* end = bytes.data() + got;
    for (const char* at = bytes.data(); at < end;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_Q_OVERFLOW) != 0) {
        Status scanned = scan();
        if (!scanned.ok()) return scanned;
      }
      note_event(event->mask, event->cookie, event->len > 0 ? event->name : "");
    }
  }
  promote_stable();
  return is_gone_ ? Status::error("the folder '" + folder_ + "' is gone") : Status{};
}

std::vector<std::string> FolderWatch::taken() const {
  std::vector<std::string> names(taken_.begin(), taken_.end());
  std::sort(names.begin(), names.end());
  return names;
}

void FolderWatch::note_event(uint32_t what, uint32_t cookie, const std::string& name) {
  if ((what & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0) is_gone_ = true;
  if ((what & IN_MOVED_FROM) != 0) moved_away_ = taken_.contains(name) ? cookie : 0;
  if ((what & (IN_MOVED_FROM | IN_DELETE)) != 0) forget(name);
  if ((what & IN_ISDIR) != 0 || !wants(name)) return;
  if ((what & IN_MOVED_TO) != 0 && moved_away_ != 0 && cookie == moved_away_) {  // it only changed its name
    taken_.insert(name);
    return;
  }
  if ((what & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) note_whole(name);
  if ((what & IN_CREATE) != 0) {
    auto facts = facts_of(name);
    if (facts && facts->has_other_names) note_growing(name);
  }
}

void FolderWatch::note_whole(const std::string& name) {
  if (taken_.contains(name)) {
    changed_ = name;
    return;
  }
  forget(name);
  errno = 0;
  auto facts = facts_of(name);
  if (!facts && may_pass(errno)) growing_[name] = {0, -1, steady_clock_ns()};  // it is there, but cannot be looked at now
  if (!facts) return;
  whole_.emplace(facts->changed_ns, name);
  waiting_.emplace(name, facts->changed_ns);
}

void FolderWatch::note_growing(const std::string& name) {
  auto facts = facts_of(name);
  if (!facts || taken_.contains(name)) return;
  int64_t age_ns = std::clamp<int64_t>(wall_clock_us() * 1000 - facts->changed_ns, 0, kStableNs);
  growing_[name] = {facts->changed_ns, facts->size, steady_clock_ns() - age_ns};
}

void FolderWatch::forget(const std::string& name) {
  taken_.erase(name);
  growing_.erase(name);
  auto found = waiting_.find(name);
  if (found == waiting_.end()) return;
  whole_.erase({found->second, name});
  waiting_.erase(found);
}

/// Lets those of the growing files that have not changed for long enough be whole.
void FolderWatch::promote_stable() {
  if (growing_.empty()) return;
  int64_t now = steady_clock_ns();
  std::vector<std::string> stable;
  for (auto& [name, state] : growing_) {
    auto facts = facts_of(name);
    bool same = facts && facts->size == state.size && facts->changed_ns == state.changed_ns;
    if (!same) {
      state = {facts ? facts->changed_ns : 0, facts ? facts->size : -1, now};
    } else if (now - state.stable_since_ns >= kStableNs) {
      stable.push_back(name);
    }
  }
  for (const std::string& name : stable) note_whole(name);
}

std::optional<std::string> FolderWatch::take_oldest() {
  if (whole_.empty()) return std::nullopt;
  const int64_t oldest_ns = whole_.begin()->first;
  const auto is_older = [oldest_ns](const auto& growing) { return growing.second.changed_ns < oldest_ns; };
  if (std::any_of(growing_.begin(), growing_.end(), is_older)) return std::nullopt;
  std::string name = whole_.begin()->second;
  forget(name);
  taken_.insert(name);
  return folder_ + "/" + name;
}

int64_t FolderWatch::patience_us() const { return growing_.empty() ? -1 : kLookAgainUs; }

}  // namespace millrace
