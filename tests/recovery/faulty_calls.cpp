#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "tests/recovery/fault_plan.h"

/// The C library's functions for files and sockets, in front of which a plan stands that lets one of them fail. A program that is linked with this file has them in place of the
/// library's own, its shared libraries included; what is not to fail goes to the kernel as it is.
namespace {

using millrace::recovery::FaultPlan;
using Kind = FaultPlan::Kind;

/// What a function is about, as far as kinds of faults differ.
enum class Deed { Read, Write, Make, Open, Name, Sync, Lock, Peer, Connect, Wait, Clock, Other };

constexpr size_t kDescriptors = 4096;
constexpr int64_t kSetBackSeconds = 3600;

FaultPlan* plan = nullptr;
std::array<std::atomic<bool>, kDescriptors> is_of_job{};

__attribute__((constructor)) void take_plan() {
  const char* path = std::getenv(FaultPlan::kVariable);
  if (path == nullptr) return;
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
  if (fd < 0) return;
  void* mapped = reinterpret_cast<void*>(::syscall(SYS_mmap, nullptr, sizeof(FaultPlan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  ::syscall(SYS_close, fd);
  if (mapped != MAP_FAILED) plan = static_cast<FaultPlan*>(mapped);
}

bool concerns(const char* path) { return plan != nullptr && std::strncmp(path, plan->folder, std::strlen(plan->folder)) == 0; }
bool concerns(int fd) { return plan != nullptr && fd >= 0 && static_cast<size_t>(fd) < kDescriptors && is_of_job[static_cast<size_t>(fd)].load(); }

bool can_strike(Kind kind, Deed deed) {
  switch (kind) {
    case Kind::NoRoom: return deed == Deed::Write || deed == Deed::Make || deed == Deed::Sync;
    case Kind::BrokenDisk: return deed != Deed::Lock && deed != Deed::Peer && deed != Deed::Connect && deed != Deed::Wait && deed != Deed::Clock;
    case Kind::NoAccess: return deed == Deed::Make || deed == Deed::Open || deed == Deed::Name;
    case Kind::Interrupted: return deed == Deed::Read || deed == Deed::Write || deed == Deed::Lock || deed == Deed::Peer || deed == Deed::Wait;
    case Kind::Short: return deed == Deed::Read || deed == Deed::Write || deed == Deed::Peer;
    case Kind::PeerGone: return deed == Deed::Peer || deed == Deed::Connect;
    case Kind::ClockBack: return deed == Deed::Clock;
  }
  return false;
}

/// Counts the call; whether it is one that fails.
bool is_struck(Deed deed, const char* function) {
  if (!can_strike(plan->kind, deed)) return false;
  const int64_t number = plan->calls.fetch_add(1) + 1;
  if (plan->at == 0 || (plan->stays != 0 ? number < plan->at : number != plan->at)) return false;
  if (number == plan->at) std::strncpy(plan->struck, function, sizeof plan->struck - 1);
  constexpr int kErrors[] = {ENOSPC, EIO, EACCES, EINTR, 0, ECONNRESET, 0};
  errno = kErrors[static_cast<int>(plan->kind)];
  return true;
}

template <typename Target>
bool fails(Target target, Deed deed, const char* function) {
  return concerns(target) && is_struck(deed, function);
}

/// How much of `size` is to be read or written; -1: nothing, as it fails.
ssize_t part(int fd, size_t size, Deed deed, const char* function) {
  if (!fails(fd, deed, function)) return static_cast<ssize_t>(size);
  return plan->kind == Kind::Short ? static_cast<ssize_t>((size + 1) / 2) : -1;
}

int opened(int fd, bool is_job) {
  if (fd >= 0 && static_cast<size_t>(fd) < kDescriptors) is_of_job[static_cast<size_t>(fd)] = is_job;
  return fd;
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  const bool is_job = path[0] == '/' ? concerns(path) : concerns(folder);
  if (is_job && is_struck((flags & O_CREAT) != 0 ? Deed::Make : Deed::Open, "open")) return -1;
  return opened(static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode)), is_job);
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_at(folder, path, flags, mode);
}

/// A descriptor that could not be closed well is gone all the same.
int close(int fd) {
  const bool is_bad = fails(fd, Deed::Other, "close");
  const int error = errno;
  (void)opened(fd, false);
  const auto outcome = static_cast<int>(::syscall(SYS_close, fd));
  if (!is_bad) return outcome;
  errno = error;
  return -1;
}

ssize_t read(int fd, void* bytes, size_t size) {
  const ssize_t count = part(fd, size, Deed::Read, "read");
  return count < 0 ? -1 : ::syscall(SYS_read, fd, bytes, count);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  const ssize_t count = part(fd, size, Deed::Read, "pread");
  return count < 0 ? -1 : ::syscall(SYS_pread64, fd, bytes, count, offset);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  const ssize_t count = part(fd, size, Deed::Write, "write");
  return count < 0 ? -1 : ::syscall(SYS_write, fd, bytes, count);
}

/// Half of it: the first half of the pieces that there are, or of the first one.
ssize_t writev(int fd, const iovec* pieces, int count) {
  const ssize_t size = part(fd, 2, Deed::Write, "writev");
  if (size < 0) return -1;
  if (size == 2) return ::syscall(SYS_writev, fd, pieces, count);
  if (count > 1) return ::syscall(SYS_writev, fd, pieces, count / 2);
  return ::syscall(SYS_write, fd, pieces[0].iov_base, (pieces[0].iov_len + 1) / 2);
}

int socket(int domain, int type, int protocol) noexcept {
  return opened(static_cast<int>(::syscall(SYS_socket, domain, type, protocol)), plan != nullptr && domain != AF_UNIX);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  return fails(fd, Deed::Connect, "connect") ? -1 : static_cast<int>(::syscall(SYS_connect, fd, address, size));
}

/// Never fails, but what comes of it may.
int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  return opened(static_cast<int>(::syscall(SYS_accept4, fd, address, size, flags)), concerns(fd));
}

ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  const ssize_t count = part(fd, size, Deed::Peer, "recv");
  return count < 0 ? -1 : ::syscall(SYS_recvfrom, fd, bytes, count, flags, nullptr, nullptr);
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  const ssize_t count = part(fd, size, Deed::Peer, "send");
  return count < 0 ? -1 : ::syscall(SYS_sendto, fd, bytes, count, flags, nullptr, 0);
}

#ifndef __clang__
// The library's header tells GCC 12 that these only write to what they are given.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
int poll(pollfd* of, nfds_t count, int timeout_ms) {
  if (count > 0 && fails(of[0].fd, Deed::Wait, "poll")) return -1;
  return static_cast<int>(::syscall(SYS_poll, of, count, timeout_ms));
}

int ppoll(pollfd* of, nfds_t count, const timespec* timeout, const sigset_t* signals) {
  if (count > 0 && fails(of[0].fd, Deed::Wait, "ppoll")) return -1;
  timespec left{};
  if (timeout != nullptr) left = *timeout;  // the kernel writes to it
  return static_cast<int>(::syscall(SYS_ppoll, of, count, timeout == nullptr ? nullptr : &left, signals, sizeof(uint64_t)));
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

int fsync(int fd) { return fails(fd, Deed::Sync, "fsync") ? -1 : static_cast<int>(::syscall(SYS_fsync, fd)); }
int fdatasync(int fd) { return fails(fd, Deed::Sync, "fdatasync") ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd)); }
int flock(int fd, int how) noexcept { return fails(fd, Deed::Lock, "flock") ? -1 : static_cast<int>(::syscall(SYS_flock, fd, how)); }
int ftruncate(int fd, off_t size) noexcept { return fails(fd, Deed::Other, "ftruncate") ? -1 : static_cast<int>(::syscall(SYS_ftruncate, fd, size)); }

int truncate(const char* path, off_t size) noexcept {
  return fails(path, Deed::Open, "truncate") ? -1 : static_cast<int>(::syscall(SYS_truncate, path, size));
}

int rename(const char* from, const char* to) noexcept {
  return fails(to, Deed::Make, "rename") ? -1 : static_cast<int>(::syscall(SYS_rename, from, to));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return fails(to, Deed::Make, "renameat2") ? -1 : static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int unlink(const char* path) noexcept { return fails(path, Deed::Name, "unlink") ? -1 : static_cast<int>(::syscall(SYS_unlink, path)); }
int remove(const char* path) noexcept { return fails(path, Deed::Name, "remove") ? -1 : static_cast<int>(::syscall(SYS_unlink, path)); }
int mkdir(const char* path, mode_t mode) noexcept { return fails(path, Deed::Make, "mkdir") ? -1 : static_cast<int>(::syscall(SYS_mkdir, path, mode)); }

void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  if (fails(fd, Deed::Read, "mmap") && plan->kind != Kind::Short && plan->kind != Kind::Interrupted) return MAP_FAILED;
  return reinterpret_cast<void*>(::syscall(SYS_mmap, address, size, protection, flags, fd, offset));
}

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const auto outcome = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (clock == CLOCK_REALTIME && plan != nullptr && is_struck(Deed::Clock, "clock_gettime")) now->tv_sec -= kSetBackSeconds;
  return outcome;
}

}  // extern "C"
