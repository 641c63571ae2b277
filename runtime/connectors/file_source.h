#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/connectors/compressed_file.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// The files that a path or a glob names, one after the other in order of their names. Its place is the files that were read to their end, and the
/// bytes, decompressed, that were read of the present one; it goes on there with the files that are there then.
class FileSource final : public Source {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return true; }
  std::optional<std::string> position() const override;
  Status resume(std::string_view position) override;
  std::optional<FileRest> file_rest() const override;
  Status pass_to(int64_t place, bool in_line) override;

 private:
  Status find_files();
  Status open_next();

  std::string path_;
  std::vector<std::string> files_;
  std::set<std::string> read_before_;  ///< of a place that it was resumed at
  size_t next_file_ = 0;
  std::unique_ptr<FileBytes> bytes_;
  int64_t bytes_read_ = 0;             ///< of the present file
  bool line_is_open_ = false;          ///< the last byte given was not a `\n`
};

}  // namespace millrace
