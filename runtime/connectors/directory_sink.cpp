#include "runtime/connectors/directory_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "runtime/base/write_all.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/place_text.h"
#include "runtime/connectors/retry_pauses.h"

namespace millrace {

namespace {

constexpr std::string_view kPrefix = "part-";

/// The number in a part's name, whatever its suffix; -1 for other names.
int64_t number_of_part(std::string_view name) {
  if (!name.starts_with(kPrefix)) return -1;
  name.remove_prefix(kPrefix.size());
  int64_t number = -1;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && number >= 0 ? number : -1;
}

std::string part_name(int64_t number, const std::string& suffix) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%08lld", static_cast<long long>(number));
  return std::string(kPrefix) + digits + suffix;
}

Status cannot_write(const std::string& path) { return system_error(("cannot write '" + path + "'").c_str()); }

}  // namespace

DirectorySink::DirectorySink(const abi::QuerySpec& query)
    : text_(query),
      folder_(text_option(query.sink.options, "path")),
      suffix_(query.sink.format == abi::OutputFormat::Csv ? ".csv" : ".json") {}

Status DirectorySink::open() {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Status::error("cannot make the folder '" + folder_ + "': " + error.message());
  std::filesystem::directory_iterator entries(folder_, error);
  if (error) return Status::error("cannot read the folder '" + folder_ + "': " + error.message());
  for (const auto& entry : entries) {
    first_number_ = std::max(first_number_, number_of_part(entry.path().filename().string()) + 1);
  }
  next_number_ = first_number_;
  return {};
}

std::optional<std::string> DirectorySink::position() const { return PlaceText().add(folder_).add(first_number_).add(next_number_).take(); }

Status DirectorySink::resume(std::string_view position) {
  PlaceReader place(position);
  const bool is_same_folder = place.text() == folder_;
  const int64_t first_number = place.number();
  const int64_t next_number = place.number();
  if (!place.ok()) return place.status();
  if (!is_same_folder) return open();
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Status::error("cannot make the folder '" + folder_ + "': " + error.message());
  first_number_ = first_number;
  next_number_ = next_number;
  return remove_parts_from(next_number);
}

/// Also of unfinished ones, which have a dot in front.
Status DirectorySink::remove_parts_from(int64_t number) const {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder_, error);
  if (error) return Status::error("cannot read the folder '" + folder_ + "': " + error.message());
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    const bool is_unfinished = name.starts_with('.');
    const bool is_later = number_of_part(is_unfinished ? std::string_view(name).substr(1) : std::string_view(name)) >= number;
    if (is_later && name.ends_with(suffix_) && ::unlink(entry.path().c_str()) != 0) return cannot_write(entry.path().string());
  }
  return {};
}

SinkResult DirectorySink::write(const SinkBatch& batch) {
  if (batch.rows->row_count == 0) return {};
  std::string name = part_name(first_number_ + batch.batch_id, suffix_);
  std::string hidden = folder_ + "/." + name;
  errno = 0;
  Status written = write_file(hidden, text_.header(), text_.render(batch));
  if (written.ok()) written = publish(hidden, folder_ + "/" + name);
  if (written.ok()) next_number_ = first_number_ + batch.batch_id + 1;
  if (written.ok()) return {};
  const bool passes = may_pass(errno);
  ::unlink(hidden.c_str());
  return {SinkOutcome::Failed, written, passes};
}

Status DirectorySink::write_file(const std::string& path, std::string_view header, std::string_view rows) const {
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return cannot_write(path);
  bool done = write_all(fd, header.data(), header.size()) == WriteOutcome::Done &&
              write_all(fd, rows.data(), rows.size()) == WriteOutcome::Done && ::fsync(fd) == 0;
  Status outcome = done ? Status{} : cannot_write(path);
  if (::close(fd) != 0 && done) return cannot_write(path);
  return outcome;
}

/// Never over a file that is there: another job may have begun to write to the same folder.
Status DirectorySink::publish(const std::string& hidden, const std::string& path) const {
  const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);  // first: nothing is to fail once the part can be seen
  if (folder < 0) return cannot_write(folder_);
  Status named = name_part(hidden, path);
  const int error = errno;
  if (named.ok()) ::fsync(folder);  // not every file system knows it for folders
  ::close(folder);
  errno = error;
  return named;
}

Status DirectorySink::name_part(const std::string& hidden, const std::string& path) const {
  if (::renameat2(AT_FDCWD, hidden.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    bool is_unknown = errno == EINVAL || errno == ENOSYS;  // some file systems cannot refuse by themselves
    if (!is_unknown) return cannot_write(path);
    if (::access(path.c_str(), F_OK) == 0) return Status::error("cannot write '" + path + "': File exists");
    if (::rename(hidden.c_str(), path.c_str()) != 0) return cannot_write(path);
  }
  return {};
}

}  // namespace millrace
