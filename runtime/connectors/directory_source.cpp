#include "runtime/connectors/directory_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/base/clock.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/wait_readable.h"

namespace millrace {

ReadResult DirectorySource::read(std::span<char> buffer, int64_t timeout_us) {
  int64_t deadline = timeout_us < 0 ? INT64_MAX : steady_clock_ns() + timeout_us * 1000;
  for (;;) {
    if (bytes_ != nullptr) return read_file(buffer);
    Status opened = open_oldest();
    if (!opened.ok()) return ReadResult::failed(opened);
    if (bytes_ != nullptr) continue;
    if (in_backlog_) {
      in_backlog_ = false;
      return ReadResult::nothing();
    }
    int64_t left_us = timeout_us < 0 ? INT64_MAX : std::max<int64_t>((deadline - steady_clock_ns()) / 1000, 0);
    if (left_us == 0 || context_.stopping()) return ReadResult::nothing();
    int64_t patience_us = watch_.patience_us() < 0 ? left_us : std::min(left_us, watch_.patience_us());
    wait_readable(context_, watch_.descriptor(), patience_us == INT64_MAX ? -1 : patience_us);
  }
}

ReadResult DirectorySource::read_file(std::span<char> buffer) {
  auto got = bytes_->read(buffer);
  if (!got) return ReadResult::failed(got.error());
  if (*got > 0) {
    bytes_read_ += static_cast<int64_t>(*got);
    line_is_open_ = buffer[*got - 1] != '\n';
    return ReadResult::data(*got, present_);
  }
  if (line_is_open_) {
    line_is_open_ = false;
    buffer[0] = '\n';
    return ReadResult::data(1, present_);
  }
  bytes_ = nullptr;
  return ReadResult::next_file();
}

/// Leaves `bytes_` empty when there is no file to read.
Status DirectorySource::open_oldest() {
  Status looked = watch_.look();
  if (!looked.ok()) return looked;
  has_looked_ = true;
  if (std::string changed = watch_.pop_changed(); !changed.empty() && !has_warned_ && context_.notice) {
    has_warned_ = true;
    context_.notice("'" + changed + "' was written to after it was read; a file is read once");
  }
  while (auto path = watch_.take_oldest()) {
    if (::access(path->c_str(), F_OK) != 0 && errno == ENOENT) {
      if (context_.notice) context_.notice("'" + *path + "' was taken away before it was read");
      continue;
    }
    auto opened = open_file_bytes(*path);
    if (!opened) return opened.error();
    bytes_ = std::move(opened).value();
    present_ = *path;
    bytes_read_ = 0;
    in_backlog_ = true;
    return {};
  }
  return {};
}

std::optional<std::string> DirectorySource::position() const {
  PlaceText place;
  place.add(bytes_ == nullptr ? "" : present_).add(bytes_read_).add(line_is_open_ ? 1 : 0).add(in_backlog_ ? 1 : 0);
  place.add(bytes_ == nullptr ? 0 : bytes_->mark(bytes_read_));
  for (const std::string& name : watch_.taken()) place.add(name);
  return place.take();
}

Status DirectorySource::resume(std::string_view position) {
  PlaceReader place(position);
  present_ = place.text();
  bytes_read_ = place.number();
  const bool line_is_open = place.number() != 0;
  const bool in_backlog = place.number() != 0;
  const auto mark = static_cast<uint32_t>(place.number());
  while (place.ok() && !place.at_end()) watch_.pass_over(place.text());
  if (!place.ok()) return place.status();
  Status opened = watch_.open();
  if (!opened.ok()) return opened;
  in_backlog_ = in_backlog;
  if (present_.empty()) return {};
  auto bytes = open_file_bytes(present_);
  if (!bytes) return bytes.error();
  bytes_ = std::move(bytes).value();
  line_is_open_ = line_is_open;
  return bytes_->go_on_at(bytes_read_, mark);
}

}  // namespace millrace
