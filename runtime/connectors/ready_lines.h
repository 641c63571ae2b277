#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "runtime/connectors/connector.h"

namespace millrace {

/// Whole lines that a source has put together and not handed out yet. One thread.
class ReadyLines {
 public:
  bool empty() const { return from_ == text_.size(); }
  size_t size() const { return text_.size() - from_; }
  /// Lines are added at its end.
  std::string& text() { return text_; }

  int64_t memory_bytes() const { return static_cast<int64_t>(text_.capacity()); }
  std::string_view rest() const { return std::string_view(text_).substr(from_); }

  /// As many bytes as the buffer holds; Nothing when there are none.
  ReadResult hand_out(std::span<char> buffer) {
    if (empty()) return ReadResult::nothing();
    const size_t count = std::min(buffer.size(), size());
    std::memcpy(buffer.data(), text_.data() + from_, count);
    from_ += count;
    if (empty()) {
      text_.clear();
      from_ = 0;
    }
    return ReadResult::data(count);
  }

 private:
  std::string text_;
  size_t from_ = 0;  ///< bytes handed out already
};

}  // namespace millrace
