#pragma once

#include <memory>
#include <string>

#include "runtime/connectors/compressed_file.h"
#include "runtime/connectors/connector.h"
#include "runtime/connectors/folder_watch.h"

namespace millrace {

/// The files that appear in a folder, each once, oldest first; never ends. Files that are there at the same time belong together: it is in
/// bulk while it reads them, and a pause tells their end.
class DirectorySource final : public Source {
 public:
  DirectorySource(std::string folder, std::string pattern, const ConnectorContext& context)
      : watch_(std::move(folder), std::move(pattern)), context_(context) {}

  Status open() override { return watch_.open(); }
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return in_backlog_; }
  bool has_given_all() const override { return has_looked_ && bytes_ == nullptr && !in_backlog_ && !watch_.waits_for_files(); }
  int readiness_fd() const override { return watch_.descriptor(); }
  /// The names of the files that were read and are still there, and how far the present one was.
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;

 private:
  ReadResult read_file(std::span<char> buffer);
  Status open_oldest();

  FolderWatch watch_;
  ConnectorContext context_;
  std::unique_ptr<FileBytes> bytes_;  ///< of the present file; nullptr between files
  std::string present_;               ///< its path
  int64_t bytes_read_ = 0;            ///< of it
  bool line_is_open_ = false;         ///< the last byte given was not a `\n`
  bool in_backlog_ = false;           ///< since the last pause a file was opened
  bool has_looked_ = false;
  bool has_warned_ = false;
};

}  // namespace millrace
