#include "runtime/connectors/file_source.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>

#include "runtime/connectors/place_text.h"

namespace millrace {

Status FileSource::find_files() {
  struct stat info {};
  bool is_pattern = path_.find_first_of("*?[") != std::string::npos;
  if (!is_pattern || ::stat(path_.c_str(), &info) == 0) {
    files_ = {path_};
    return {};
  }
  glob_t matches{};
  int outcome = ::glob(path_.c_str(), GLOB_NOSORT, nullptr, &matches);
  for (size_t i = 0; outcome == 0 && i < matches.gl_pathc; ++i) files_.emplace_back(matches.gl_pathv[i]);
  ::globfree(&matches);
  std::sort(files_.begin(), files_.end());  // bytewise, whatever the locale
  return files_.empty() ? Status::error("no file matches '" + path_ + "'") : Status{};
}

Status FileSource::open() {
  Status found = find_files();
  return found.ok() ? open_next() : found;
}

Status FileSource::open_next() {
  auto opened = open_file_bytes(files_[next_file_++]);
  if (!opened) return opened.error();
  bytes_ = std::move(opened).value();
  bytes_read_ = 0;
  return {};
}

std::optional<std::string> FileSource::position() const {
  PlaceText place;
  place.add(bytes_read_).add(line_is_open_ ? 1 : 0).add(bytes_ == nullptr ? 0 : bytes_->mark(bytes_read_));
  place.add(next_file_ == 0 ? "" : files_[next_file_ - 1]);
  for (const std::string& file : read_before_) place.add(file);
  for (size_t i = 0; i + 1 < next_file_; ++i) place.add(files_[i]);
  return place.take();
}

Status FileSource::resume(std::string_view position) {
  PlaceReader place(position);
  const int64_t offset = place.number();
  const bool line_is_open = place.number() != 0;
  const auto mark = static_cast<uint32_t>(place.number());
  const std::string present = place.text();
  while (place.ok() && !place.at_end()) read_before_.insert(place.text());
  if (!place.ok()) return place.status();
  Status found = find_files();
  if (!found.ok()) return found;
  std::erase_if(files_, [&](const std::string& file) { return file == present || read_before_.contains(file); });
  if (present.empty()) return open_next();
  files_.insert(files_.begin(), present);
  Status opened = open_next();
  if (!opened.ok()) return opened;
  bytes_read_ = offset;
  line_is_open_ = line_is_open;
  return bytes_->go_on_at(offset, mark);
}

std::optional<FileRest> FileSource::file_rest() const {
  struct stat info {};
  const int fd = bytes_ == nullptr ? -1 : bytes_->seekable_fd();
  if (fd < 0 || ::fstat(fd, &info) != 0) return std::nullopt;
  return FileRest{fd, bytes_read_, info.st_size, files_[next_file_ - 1]};
}

Status FileSource::pass_to(int64_t place, bool in_line) {
  bytes_read_ = place;
  line_is_open_ = in_line;
  return bytes_->skip(place);
}

ReadResult FileSource::read(std::span<char> buffer, int64_t) {
  auto got = bytes_->read(buffer);
  if (!got) return ReadResult::failed(got.error());
  if (*got > 0) {
    bytes_read_ += static_cast<int64_t>(*got);
    line_is_open_ = buffer[*got - 1] != '\n';
    return ReadResult::data(*got, files_[next_file_ - 1]);
  }
  if (next_file_ == files_.size()) return ReadResult::end();
  if (line_is_open_) {
    line_is_open_ = false;
    buffer[0] = '\n';
    return ReadResult::data(1, files_[next_file_ - 1]);
  }
  Status opened = open_next();
  return opened.ok() ? ReadResult::next_file() : ReadResult::failed(opened);
}

}  // namespace millrace
