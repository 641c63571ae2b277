#include "runtime/connectors/file_source.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>

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
  return {};
}

ReadResult FileSource::read(std::span<char> buffer, int64_t) {
  auto got = bytes_->read(buffer);
  if (!got) return ReadResult::failed(got.error());
  if (*got > 0) {
    line_is_open_ = buffer[*got - 1] != '\n';
    return ReadResult::data(*got);
  }
  if (next_file_ == files_.size()) return ReadResult::end();
  if (line_is_open_) {
    line_is_open_ = false;
    buffer[0] = '\n';
    return ReadResult::data(1);
  }
  Status opened = open_next();
  return opened.ok() ? ReadResult::next_file() : ReadResult::failed(opened);
}

}  // namespace millrace
