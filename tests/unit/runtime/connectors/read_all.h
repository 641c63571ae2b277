#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/connectors/connector.h"

/// What a source gives until its end, with `<next file>` where another file begins; reads in pieces of `piece` bytes.
inline std::string read_all(millrace::Source& source, size_t piece = 4096) {
  using Kind = millrace::ReadResult::Kind;
  std::string all;
  std::vector<char> buffer(piece);
  for (;;) {
    millrace::ReadResult got = source.read(buffer, 100'000);
    if (got.kind == Kind::End) return all;
    if (got.kind == Kind::Failed) return all + "<failed: " + got.status.message() + ">";
    if (got.kind == Kind::NextFile) all += "<next file>";
    if (got.kind == Kind::Data) all.append(buffer.data(), got.bytes);
  }
}

/// A folder that lives as long as the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "millrace-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline void write_file(const std::string& path, std::string_view text) { std::ofstream(path, std::ios::binary) << text; }

inline std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
