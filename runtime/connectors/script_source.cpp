#include "runtime/connectors/script_source.h"

#include <algorithm>
#include <cstring>

namespace millrace {

ReadResult ScriptSource::read(std::span<char> buffer, int64_t) {
  if (batch_ == batches_.size()) return ReadResult::end();
  std::string& text = batches_[batch_];
  if (offset_ == 0 && !text.empty() && text.back() != '\n') text += '\n';
  if (offset_ == text.size()) {
    ++batch_;
    offset_ = 0;
    return ReadResult::batch_end();
  }
  size_t count = std::min(buffer.size(), text.size() - offset_);
  std::memcpy(buffer.data(), text.data() + offset_, count);
  offset_ += count;
  return ReadResult::data(count);
}

}  // namespace millrace
