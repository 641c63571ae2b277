#include "runtime/base/snapshot_reader.h"

#include <algorithm>

namespace millrace {

void SnapshotReader::fail(std::string why) {
  if (status_.ok()) status_ = Status::error(std::move(why));
  block_ = {};
  bytes_left_ = 0;
}

void SnapshotReader::expect(uint32_t mark) {
  if (get<uint32_t>() == mark) return;
  std::string letters;
  for (int i = 0; i < 4; ++i) letters += static_cast<char>(mark >> (8 * i) & 0xFF);
  fail("the snapshot has no part '" + letters + "' where it should be");
}

bool SnapshotReader::read_across(char* into, size_t size) {
  if (size > bytes_left_) {
    fail("the snapshot ends too early");
    return false;
  }
  while (size > 0) {
    if (block_.empty()) {
      Result<std::string_view> next = next_block_();
      if (!next || next->empty()) {
        fail(next ? "the snapshot ends too early" : next.error().message());
        return false;
      }
      block_ = next->substr(0, bytes_left_);
    }
    const size_t part = std::min(size, block_.size());
    std::memcpy(into, block_.data(), part);
    skip(part);
    into += part;
    size -= part;
  }
  return true;
}

std::string SnapshotReader::text() {
  const auto size = get<uint64_t>();
  if (!has(size)) {
    fail("the snapshot ends too early");
    return {};
  }
  std::string text(size, '\0');
  read(text.data(), size);
  return ok() ? text : std::string();
}

uint64_t SnapshotReader::get_count(uint64_t bytes_each) {
  const auto count = get<uint64_t>();
  if (count <= bytes_left_ / std::max<uint64_t>(bytes_each, 1)) return count;
  fail("the snapshot ends too early");
  return 0;
}

}  // namespace millrace
