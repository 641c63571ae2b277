#include "runtime/connectors/script_source.h"

#include <algorithm>
#include <cstring>

#include "runtime/connectors/place_text.h"

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

std::optional<std::string> ScriptSource::position() const {
  return PlaceText().add(static_cast<int64_t>(batch_)).add(static_cast<int64_t>(offset_)).take();
}

Status ScriptSource::resume(std::string_view position) {
  PlaceReader place(position);
  batch_ = static_cast<size_t>(place.number());
  offset_ = static_cast<size_t>(place.number());
  const bool exists = place.ok() && batch_ <= batches_.size() && (batch_ == batches_.size() || offset_ <= batches_[batch_].size() + 1);
  if (!exists) return Status::error("the input has no such place");
  if (offset_ > 0 && batch_ < batches_.size() && !batches_[batch_].empty() && batches_[batch_].back() != '\n') batches_[batch_] += '\n';
  return {};
}

}  // namespace millrace
