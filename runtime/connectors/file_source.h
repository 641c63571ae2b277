#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/compressed_file.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// The files that a path or a glob names, one after the other in order of their names.
class FileSource final : public Source {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return true; }

 private:
  Status find_files();
  Status open_next();

  std::string path_;
  std::vector<std::string> files_;
  size_t next_file_ = 0;
  std::unique_ptr<FileBytes> bytes_;
  bool line_is_open_ = false;  ///< the last byte given was not a `\n`
};

}  // namespace millrace
