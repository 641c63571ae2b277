#include "runtime/engine/line_ranges.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace millrace {

namespace {

// Most lines are shorter than this.
constexpr size_t kLookAheadMost = 1024;

size_t behind_last_newline(const char* bytes, size_t size) {
  const void* newline = memrchr(bytes, '\n', size);
  return newline == nullptr ? 0 : static_cast<size_t>(static_cast<const char*>(newline) - bytes) + 1;
}

/// npos: there is none.
size_t newline_from(const LineBuffer& bytes, size_t from) {
  return std::string_view(bytes.data(), bytes.size()).find('\n', from);
}

}  // namespace

LineRanges::LineRanges(FileRest rest, size_t range_bytes, size_t line_max)
    : rest_(std::move(rest)), range_bytes_(static_cast<int64_t>(range_bytes)), line_max_(line_max),
      look_ahead_(std::clamp(range_bytes / 256, size_t{16}, kLookAheadMost)), next_(rest_.begin), last_end_(rest_.begin * 2) {}

std::optional<LineRanges::Range> LineRanges::claim() {
  if (rest_.end - next_ < range_bytes_) return std::nullopt;
  Range range{next_, next_ + range_bytes_, next_ == rest_.begin};
  next_ = range.end;
  return range;
}

LineRanges::Place LineRanges::end() const {
  const int64_t last = last_end_.load(std::memory_order_acquire);
  return {last / 2, last % 2 != 0};
}

void LineRanges::note_end(int64_t offset, bool in_line) {
  const int64_t mine = offset * 2 + (in_line ? 1 : 0);
  int64_t last = last_end_.load(std::memory_order_relaxed);
  while (last < mine && !last_end_.compare_exchange_weak(last, mine, std::memory_order_acq_rel)) {
  }
}

/// Appends up to `wanted` bytes from an offset of the file.
Status LineRanges::fill(LineBuffer& bytes, int64_t offset, size_t wanted, bool* at_end) const {
  char* into = bytes.reserve(wanted);
  while (wanted > 0) {
    const ssize_t got = ::pread(rest_.fd, into, wanted, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status::error("cannot read '" + rest_.path + "': " + std::strerror(errno));
    *at_end = got == 0;
    if (got == 0 && offset < rest_.end) {
      return Status::error("'" + rest_.path + "' became shorter while it was read: " + std::to_string(rest_.end) + " bytes were to be read, it has at most " + std::to_string(offset));
    }
    if (got == 0) break;
    bytes.commit(static_cast<size_t>(got));
    into += got;
    offset += got;
    wanted -= static_cast<size_t>(got);
  }
  return {};
}

Status LineRanges::read(const Range& range, LineChunk* chunk) {
  LineBuffer& bytes = chunk->bytes;
  bytes.clear();
  chunk->size = 0;
  chunk->is_indexed = chunk->begins_source = false;
  const auto size = static_cast<size_t>(range.end - range.begin);
  bool at_end = false;
  Status filled = fill(bytes, range.begin, size + look_ahead_, &at_end);
  if (!filled.ok()) return filled;
  const size_t first_newline = range.begins_line ? 0 : newline_from(bytes, 0);
  if (first_newline >= std::min(size, bytes.size())) return {};  // the middle of a line
  const size_t first_line = range.begins_line ? 0 : first_newline + 1;
  const size_t last_line = behind_last_newline(bytes.data(), std::min(size, bytes.size()));
  bool is_cut = false;
  filled = read_to_newline(range, bytes, last_line, &is_cut);
  if (!filled.ok()) return filled;
  const size_t newline = is_cut ? last_line + line_max_ + 1 : newline_from(bytes, size);
  // A last line without a newline is left to who knows what follows it.
  const size_t end = newline == std::string_view::npos ? last_line : newline + 1;
  note_end(range.begin + static_cast<int64_t>(end), is_cut);
  bytes.consume(first_line);
  chunk->size = end - first_line;
  return {};
}

/// Sees to it that the line that the range ends in is there to its newline, or the file's end, or is cut.
Status LineRanges::read_to_newline(const Range& range, LineBuffer& bytes, size_t last_line, bool* is_cut) const {
  size_t searched = static_cast<size_t>(range.end - range.begin);
  size_t step = look_ahead_;
  for (bool at_end = false; newline_from(bytes, searched) == std::string_view::npos;) {
    if (bytes.size() >= last_line + line_max_ + 2) {
      bytes.data()[last_line + line_max_] = ' ';  // not the `\r` that would belong to the newline
      bytes.data()[last_line + line_max_ + 1] = '\n';
      *is_cut = true;
      return {};
    }
    if (at_end) return {};
    searched = std::max(searched, bytes.size());
    step = std::min(step * 4, size_t{1} << 20);
    Status filled = fill(bytes, range.begin + static_cast<int64_t>(bytes.size()), step, &at_end);
    if (!filled.ok()) return filled;
  }
  return {};
}

}  // namespace millrace
