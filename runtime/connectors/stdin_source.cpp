#include "runtime/connectors/stdin_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/base/write_all.h"
#include "runtime/connectors/file_identity.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

Status StdinSource::open() {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return system_error("standard input");
  is_bulk_ = S_ISREG(info.st_mode);
  return {};
}

std::optional<std::string> StdinSource::position() const {
  const off_t offset = is_bulk_ ? ::lseek(fd_, 0, SEEK_CUR) : -1;
  if (offset < 0) return std::nullopt;
  return PlaceText().add(static_cast<int64_t>(offset)).add(mark_before(fd_, offset)).take();
}

Status StdinSource::resume(std::string_view position) {
  Status opened = open();
  if (!opened.ok()) return opened;
  PlaceReader place(position);
  const int64_t offset = place.number();
  const auto mark = static_cast<uint32_t>(place.number());
  if (!place.ok()) return place.status();
  const off_t size = is_bulk_ ? ::lseek(fd_, 0, SEEK_END) : -1;
  if (size < offset) return Status::error("standard input is not the file that it was when the checkpoint was made");
  const Status same = check_mark(fd_, offset, mark, "standard input");
  if (!same.ok()) return same;
  return ::lseek(fd_, offset, SEEK_SET) < 0 ? system_error("standard input") : Status{};
}

ReadResult StdinSource::read(std::span<char> buffer, int64_t timeout_us) {
  // A pipe or a terminal would block in read(), deaf to a stop request.
  if (!is_bulk_ && !wait_readable(context_, fd_, timeout_us)) return ReadResult::nothing();
  ssize_t got = ::read(fd_, buffer.data(), buffer.size());
  if (got > 0) return ReadResult::data(static_cast<size_t>(got));
  if (got == 0) {
    const Status whole = is_bulk_ ? check_not_shorter(fd_, ::lseek(fd_, 0, SEEK_CUR), "standard input") : Status{};
    return whole.ok() ? ReadResult::end() : ReadResult::failed(whole);
  }
  if (errno == EINTR || errno == EAGAIN) return ReadResult::nothing();
  return ReadResult::failed(system_error("standard input"));
}

}  // namespace millrace
