#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace millrace {

/// A file's bytes as memory, to be read. Any thread.
class MappedFile {
 public:
  enum class Read { All, Parts };  ///< whether it pays to have all of it fetched at once

  static Result<std::unique_ptr<MappedFile>> open(const std::string& path, Read read);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace millrace
