#include "runtime/checkpoint/snapshot_file.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>

#include "runtime/base/crc32c.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/checkpoint/snapshot_file_writer.h"

namespace {

using namespace millrace;
namespace fs = std::filesystem;

constexpr uint32_t kMark = snapshot_mark("TEST");

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file with a few values; gives its bytes.
std::string small_file() {
  const std::string path = (fs::temp_directory_path() / ("millrace_snapshot_" + std::to_string(::getpid()))).string();
  SnapshotFileWriter file;
  REQUIRE(file.open(path).ok());
  CHECK_FALSE(fs::exists(path));
  SnapshotWriter writer([&](std::string_view block) { return file.add_block(block); });
  writer.begin(kMark);
  writer.put(int64_t{-5});
  writer.text("some text");
  REQUIRE(writer.finish().ok());
  REQUIRE(file.add_block("another block").ok());
  REQUIRE(file.commit().ok());
  std::string bytes = bytes_of(path);
  fs::remove(path);
  return bytes;
}

TEST_CASE("CRC-32C is the one that everybody has") {
  CHECK(crc32c(0, "123456789", 9) == 0xE3069283);
  const std::string zeros(32, '\0');
  CHECK(crc32c(0, zeros.data(), zeros.size()) == 0x8A9136AA);
  CHECK(crc32c(crc32c(0, "1234", 4), "56789", 5) == 0xE3069283);
}

TEST_CASE("a long run of bytes has the same CRC in one piece as in short ones", "[checkpoint]") {
  std::string bytes(100003, '\0');
  uint32_t word = 1;
  for (char& byte : bytes) byte = static_cast<char>((word = word * 1664525 + 1013904223) >> 24);
  for (const size_t size : {size_t{12287}, size_t{12288}, size_t{12289}, size_t{36864}, bytes.size()}) {
    uint32_t piecewise = 0;
    for (size_t at = 0; at < size; at += 1000) piecewise = crc32c(piecewise, bytes.data() + at, std::min<size_t>(1000, size - at));
    CHECK(crc32c(0, bytes.data(), size) == piecewise);
  }
}

TEST_CASE("a snapshot gives back what was written") {
  const std::string bytes = small_file();
  auto file = SnapshotFile::of_bytes(bytes, "x");
  REQUIRE(file.has_value());
  SnapshotReader reader = (*file)->reader();
  reader.expect(kMark);
  CHECK(reader.get<int64_t>() == -5);
  CHECK(reader.text() == "some text");
  std::string rest(13, ' ');
  CHECK(reader.read(rest.data(), rest.size()));
  CHECK(rest == "another block");
  CHECK(reader.bytes_left() == 0);
  CHECK(reader.ok());
  CHECK(reader.get<uint8_t>() == 0);
  CHECK_FALSE(reader.ok());
}

TEST_CASE("a snapshot of which any byte is another one is refused") {
  const std::string bytes = small_file();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      CHECK_FALSE(SnapshotFile::of_bytes(damaged, "x").has_value());
    }
  }
}

TEST_CASE("a snapshot that is cut off or has something behind it is refused") {
  const std::string bytes = small_file();
  for (size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(SnapshotFile::of_bytes(bytes.substr(0, size), "x").has_value());
  CHECK_FALSE(SnapshotFile::of_bytes(bytes + '\0', "x").has_value());
}

TEST_CASE("a file of somebody else is told so") {
  auto file = SnapshotFile::of_bytes("SQLite format 3 and more of that", "other.db");
  REQUIRE_FALSE(file.has_value());
  CHECK(file.error().message() == "'other.db' is no checkpoint of Millrace");
}

TEST_CASE("a number of things that the rest of a snapshot cannot hold fails the reader") {
  SnapshotReader reader([]() -> Result<std::string_view> { return std::string_view("\xff\xff\xff\xff\xff\xff\xff\x7f", 8); }, 8);
  CHECK(reader.get_count(1) == 0);
  CHECK_FALSE(reader.ok());
}

}  // namespace
