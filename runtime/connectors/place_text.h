#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/status.h"

namespace millrace {

/// Makes the text of a place in a source or a sink, as checkpoints keep it: fields as `size:bytes`, one after the other.
class PlaceText {
 public:
  PlaceText& add(std::string_view field) {
    text_ += std::to_string(field.size());
    text_ += ':';
    text_ += field;
    return *this;
  }
  PlaceText& add(int64_t number) { return add(std::string_view(std::to_string(number))); }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

/// Reads such a text. What is not there is empty or zero, and `ok()` is false from then on.
class PlaceReader {
 public:
  explicit PlaceReader(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  Status status() const { return ok_ ? Status{} : Status::error("the checkpoint tells a place that cannot be understood"); }

  std::string text() {
    size_t size = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), size);
    const auto digits = static_cast<size_t>(end - rest_.data());
    if (error != std::errc() || digits >= rest_.size() || *end != ':' || size > rest_.size() - digits - 1) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    std::string field(rest_.substr(digits + 1, size));
    rest_.remove_prefix(digits + 1 + size);
    return field;
  }

  int64_t number() {
    const std::string field = text();
    int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) ok_ = false;
    return ok_ ? value : 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace millrace
