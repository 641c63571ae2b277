#include "runtime/base/snapshot_writer.h"

#include <algorithm>

namespace millrace {

void SnapshotWriter::write_across(const char* bytes, size_t size) {
  while (size > 0) {
    if (block_.empty() && size >= kBlockBytes) {  // as it lies there
      if (status_.ok()) status_ = take_block_({bytes, kBlockBytes});
      bytes += kBlockBytes;
      size -= kBlockBytes;
      continue;
    }
    const size_t part = std::min(size, kBlockBytes - block_.size());
    block_.append(bytes, part);
    bytes += part;
    size -= part;
    if (block_.size() == kBlockBytes) hand_on();
  }
}

void SnapshotWriter::hand_on() {
  if (status_.ok() && !block_.empty()) status_ = take_block_(block_);
  block_.clear();
}

Status SnapshotWriter::finish() {
  hand_on();
  return status_;
}

}  // namespace millrace
