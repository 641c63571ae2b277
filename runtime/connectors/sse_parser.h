#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

/// From the bytes of an event stream to the data of its events, a line each [WHATWG HTML, "Server-sent events", 9.2.6]. Lines end in \n,
/// \r or \r\n; comments are passed over; newlines inside an event's data become blanks, so that an event is one line. One thread.
class SseParser {
 public:
  /// `event`: only events of this type are wanted; empty: all. `max_data`: bytes that an event's data may have; what goes beyond is dropped
  /// but for one byte, by which the decoder sees that the line is too long.
  SseParser(std::string event, size_t max_data) : wanted_event_(std::move(event)), max_data_(max_data) {}

  /// Appends the data of the events that are complete to `lines`, each with a `\n`.
  void feed(std::string_view bytes, std::string* lines);
  /// Another connection begins: what has come of an event that was not complete is forgotten.
  void restart();

  /// Id of the last complete event that gave one: where to go on after a lost connection.
  const std::string& last_event_id() const { return last_event_id_; }
  void set_last_event_id(std::string id) { last_event_id_ = next_event_id_ = std::move(id); }
  /// How long the server wants to be left alone before the next connection; nothing when it has not said.
  std::optional<int64_t> retry_ms() const { return retry_ms_; }

 private:
  void take_line(std::string_view line, std::string* lines);
  void take_field(std::string_view name, std::string_view value);
  void dispatch(std::string* lines);

  std::string wanted_event_;
  size_t max_data_;
  std::string line_;            ///< that has not ended yet
  bool after_return_ = false;   ///< the last byte was a \r: a \n belongs to it
  bool at_start_ = true;        ///< a byte-order mark may come
  std::string event_;
  std::string data_;
  bool has_data_ = false;
  std::string next_event_id_;   ///< becomes the last one's when the event is complete
  std::string last_event_id_;
  std::optional<int64_t> retry_ms_;
};

}  // namespace millrace
