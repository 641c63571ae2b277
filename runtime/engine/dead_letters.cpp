#include "runtime/engine/dead_letters.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtime/base/write_all.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/kept_lines.h"
#include "runtime/connectors/place_text.h"
#include "runtime/formats/bad_rows.h"
#include "runtime/formats/base64.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/formats/utf8_check.h"
#include "runtime/hot/output.h"

namespace millrace {

DeadLetters::DeadLetters(const abi::SourceSpec& source, KeptLines* kept, bool writes, ConnectorContext context)
    : source_(source),
      path_(writes ? text_option(source.options, "dead_letter") : ""),
      kept_lines_(kept),
      text_(make_output_buffer()),
      pauses_(duration_option_us(source.options, "retry_for", kDefaultRetryForUs), std::move(context)) {
  if (source.connector == "file" || source.connector == "directory") {
    origin_name_ = "file";
    origin_ = text_option(source.options, "path");
  } else if (source.connector == "socket" && !flag_option(source.options, "listen")) {
    origin_name_ = "peer";
    origin_ = std::string(text_option(source.options, "host")) + ":" + std::string(text_option(source.options, "port"));
  } else if (source.connector == "sse") {
    origin_name_ = "url";
    origin_ = text_option(source.options, "url");
  }
}

DeadLetters::~DeadLetters() {
  if (fd_ >= 0) ::close(fd_);
  free_output_buffer(&text_);
}

Status DeadLetters::open() {
  if (path_.empty()) return {};
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  struct stat info {};
  if (fd_ < 0 || ::fstat(fd_, &info) != 0) return failed();
  size_ = info.st_size;
  return {};
}

std::string DeadLetters::position() const { return fd_ < 0 ? "" : PlaceText().add(path_).add(size_).take(); }

Status DeadLetters::resume(std::string_view position) {
  PlaceReader place(position);
  const bool is_same_file = place.text() == path_;
  const int64_t size = place.number();
  if (!place.ok()) return place.status();
  if (!is_same_file || is_shared_ || size >= size_) return {};
  if (::ftruncate(fd_, size) != 0) return failed();
  size_ = size;
  return {};
}

Status DeadLetters::make_lasting() const {
  if (fd_ < 0) return {};
  return put_on_disk(fd_) || errno == EINVAL ? Status{} : failed();  // not every file can be put on a disk
}

Status DeadLetters::keep(const abi::LineBlock& block, std::vector<int64_t> rows, std::string_view origin) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  int64_t line = block.first_line;
  const char* counted = block.base + (rows.empty() ? 0 : block.row_begin[0]);
  for (const int64_t row : rows) {
    const char* begin = block.base + block.row_begin[row];
    line += std::count(counted, begin, '\n');
    counted = begin;
    if (source_.is_table && !kept_.emplace(origin, line).second) continue;
    keep_letter({{begin, block.row_end[row] - block.row_begin[row]}, line, why_line_is_bad(block, row, source_.format), origin});
  }
  return flush();
}

Status DeadLetters::keep_cut_line(std::string_view text, int64_t line, std::string_view origin) {
  keep_letter({text, line, "cut off: the rest of the line never came", origin});
  return flush();
}

void DeadLetters::keep_letter(const Letter& letter) {
  if (kept_lines_ != nullptr) {
    const auto before = static_cast<size_t>(text_.size);
    write_letter(letter, "origin");
    kept_lines_->add(source_.name + "$errors", {std::string(text_.data + before, static_cast<size_t>(text_.size) - before - 1)});
    text_.size = static_cast<int64_t>(before);
  }
  if (fd_ >= 0 && !is_muted_) write_letter(letter, origin_name_);
}

void DeadLetters::write_letter(const Letter& letter, std::string_view origin_name) {
  const std::string_view text = letter.text;
  const std::string_view origin = letter.origin.empty() ? std::string_view(origin_) : letter.origin;
  const auto write = [this](std::string_view bytes) { abi::mr_out_bytes(&text_, bytes.data(), static_cast<int64_t>(bytes.size())); };
  write("{");
  write_field("source", source_.name);
  if (!origin_name.empty() && !origin.empty()) {
    write(",");
    write_field(origin_name, origin);
  }
  write(",\"line\":" + std::to_string(letter.line) + ",");
  write_field("reason", letter.reason);
  write(",");
  if (is_utf8(text)) {
    write_field("text", text);
  } else {
    write_field("text", replace_invalid_utf8(text));
    std::string encoded(static_cast<size_t>(base64_size(static_cast<int64_t>(text.size()))), '\0');
    encode_base64(text, encoded.data());
    write(",");
    write_field("bytes", encoded);
  }
  write("}\n");
}

void DeadLetters::write_field(std::string_view name, std::string_view text) {
  const auto write = [this](std::string_view value) {
    const abi::StringRef string{value.data(), static_cast<int64_t>(value.size())};
    abi::mr_out_json_string(&text_, &string);
  };
  write(name);
  abi::mr_out_bytes(&text_, ":", 1);
  write(text);
}

void DeadLetters::snapshot(SnapshotWriter& writer) const {
  if (kept_lines_ != nullptr) kept_lines_->snapshot(source_.name + "$errors", writer);
}

void DeadLetters::restore(SnapshotReader& reader) {
  if (kept_lines_ != nullptr) kept_lines_->restore(source_.name + "$errors", reader);
}

Status DeadLetters::flush() {
  if (text_.size == 0) return {};
  size_t written = 0;
  Status kept = go_on_writing(&written);
  while (!kept.ok() && may_pass(errno) && pauses_.wait(kept)) kept = go_on_writing(&written);
  if (kept.ok()) pauses_.succeed();
  // Nobody is to see half of a line, unless others may have written behind it.
  if (!kept.ok() && !is_shared_ && written > 0) (void)!::ftruncate(fd_, size_);
  if (kept.ok()) size_ += text_.size;
  clear_output_buffer(&text_);
  return kept;
}

Status DeadLetters::go_on_writing(size_t* written) {
  return write_rest(fd_, text_.data, static_cast<size_t>(text_.size), written) == WriteOutcome::Done ? Status{} : failed();
}

Status DeadLetters::failed() const {
  return system_error(("cannot write the dead letters of '" + source_.name + "' to '" + path_ + "'").c_str());
}

}  // namespace millrace
