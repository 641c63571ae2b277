#include "runtime/connectors/sse_parser.h"

#include <algorithm>
#include <charconv>

namespace millrace {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUnnamedEvent = "message";
/// Names and blanks around the data of a line that is just short enough.
constexpr size_t kFieldBytes = 16;

}  // namespace

void SseParser::restart() {
  line_.clear();
  event_.clear();
  data_.clear();
  has_data_ = false;
  after_return_ = false;
  at_start_ = true;
  next_event_id_ = last_event_id_;
}

void SseParser::feed(std::string_view bytes, std::string* lines) {
  while (!bytes.empty()) {
    if (after_return_ && bytes.front() == '\n') bytes.remove_prefix(1);
    after_return_ = false;
    size_t end = bytes.find_first_of("\r\n");
    size_t room = max_data_ + kFieldBytes - std::min(line_.size(), max_data_ + kFieldBytes);
    line_ += bytes.substr(0, std::min(end, room));
    if (end == std::string_view::npos) return;
    after_return_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(line_, lines);
    line_.clear();
  }
}

void SseParser::take_line(std::string_view line, std::string* lines) {
  if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  at_start_ = false;
  if (line.empty()) return dispatch(lines);
  size_t colon = line.find(':');
  if (colon == 0) return;  // a comment: servers keep connections alive with them
  if (colon == std::string_view::npos) return take_field(line, {});
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (has_data_ && data_.size() <= max_data_) data_ += ' ';
    has_data_ = true;
    data_ += value.substr(0, max_data_ + 1 - std::min(data_.size(), max_data_ + 1));
  } else if (name == "event") {
    event_ = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) next_event_id_ = value;
  } else if (name == "retry") {
    int64_t milliseconds = 0;
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (error == std::errc() && end == value.data() + value.size() && milliseconds >= 0) retry_ms_ = milliseconds;
  }
}

void SseParser::dispatch(std::string* lines) {
  last_event_id_ = next_event_id_;
  std::string_view event = event_.empty() ? kUnnamedEvent : std::string_view(event_);
  if (has_data_ && (wanted_event_.empty() || wanted_event_ == event)) {
    *lines += data_;
    *lines += '\n';
  }
  event_.clear();
  data_.clear();
  has_data_ = false;
}

}  // namespace millrace
