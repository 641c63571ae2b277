#include "runtime/connectors/file_source.h"

#include <zlib.h>
#include <zstd.h>

#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

std::string read_path(const std::string& path, size_t piece = 4096) {
  FileSource source(path);
  Status opened = source.open();
  return opened.ok() ? read_all(source, piece) : "<cannot open: " + opened.message() + ">";
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a file is read to its end in pieces of any size") {
  TemporaryFolder folder;
  write_file(folder / "a.txt", "one\ntwo");
  CHECK(read_path(folder / "a.txt") == "one\ntwo");
  CHECK(read_path(folder / "a.txt", 1) == "one\ntwo");
}

TEST_CASE("a glob gives its files by name, each line whole") {
  TemporaryFolder folder;
  write_file(folder / "b.txt", "b1\nb2");
  write_file(folder / "a.txt", "a1\n");
  write_file(folder / "c.txt", "c1");
  write_file(folder / "other.csv", "no");
  CHECK(read_path(folder / "*.txt") == "a1\n<next file>b1\nb2\n<next file>c1");
}

TEST_CASE("compressed files by their suffix, in several members too") {
  TemporaryFolder folder;
  std::string text = long_text();
  write_file(folder / "a.gz", gzip(text) + gzip("tail\n"));
  write_file(folder / "a.zst", zstd(text) + zstd("tail\n"));
  for (const char* name : {"a.gz", "a.zst"}) {
    CHECK(read_path(folder / name, 1000) == text + "tail\n");
    CHECK(read_path(folder / name, 1 << 20) == text + "tail\n");
  }
}

TEST_CASE("damaged and cut off compressed files are errors, not ends") {
  TemporaryFolder folder;
  std::string text = long_text();
  std::string packed = gzip(text);
  write_file(folder / "cut.gz", packed.substr(0, packed.size() / 2));
  write_file(folder / "bad.gz", "this is not gzip");
  std::string packed_zstd = zstd(text);
  write_file(folder / "cut.zst", packed_zstd.substr(0, packed_zstd.size() / 2));
  write_file(folder / "bad.zst", "this is not zstd");
  for (const char* name : {"cut.gz", "bad.gz", "cut.zst", "bad.zst"}) {
    INFO(name);
    CHECK(read_path(folder / name).find("<failed: cannot read '" + (folder / name)) != std::string::npos);
  }
}

TEST_CASE("files that cannot be read say why") {
  TemporaryFolder folder;
  CHECK(read_path(folder / "none.txt") == "<cannot open: cannot read '" + (folder / "none.txt") + "': No such file or directory>");
  CHECK(read_path(folder / "none*.txt") == "<cannot open: no file matches '" + (folder / "none*.txt") + "'>");
  CHECK(read_path(folder / "") == "<cannot open: cannot read '" + (folder / "") + "': it is a folder>");
}

namespace {

/// The place of a source after it has given so many bytes of a file.
std::string place_behind(const std::string& path, size_t bytes) {
  FileSource source(path);
  REQUIRE(source.open().ok());
  std::string buffer(bytes, '\0');
  REQUIRE(source.read(buffer, 0).bytes == bytes);
  return *source.position();
}

std::string rest_from(const std::string& path, const std::string& place) {
  FileSource source(path);
  Status resumed = source.resume(place);
  return resumed.ok() ? read_all(source, 4096) : "<" + resumed.message() + ">";
}

}  // namespace

TEST_CASE("a file is gone on with only if it is the one that was read") {
  TemporaryFolder folder;
  const std::string path = folder / "a.txt";
  for (const size_t bytes : {size_t{5}, size_t{20'000}}) {
    CAPTURE(bytes);
    std::string text = long_text();
    write_file(path, text);
    const std::string place = place_behind(path, bytes);
    CHECK(rest_from(path, place) == text.substr(bytes));
    write_file(path, text + "more\n");
    CHECK(rest_from(path, place) == text.substr(bytes) + "more\n");
    text[bytes - 2] = 'X';
    write_file(path, text);
    CHECK(rest_from(path, place).find("is not the file that was read when the checkpoint was made: what stands before byte " + std::to_string(bytes)) != std::string::npos);
    write_file(path, text.substr(0, bytes - 1));
    CHECK(rest_from(path, place).find("it is shorter than what had been read of it") != std::string::npos);
  }
}

TEST_CASE("a file that becomes shorter while it is read is an error, not an end") {
  TemporaryFolder folder;
  const std::string path = folder / "a.txt";
  write_file(path, long_text());
  FileSource source(path);
  REQUIRE(source.open().ok());
  std::string buffer(1000, '\0');
  REQUIRE(source.read(buffer, 0).bytes == 1000);
  std::filesystem::resize_file(path, 10);
  const ReadResult read = source.read(buffer, 0);
  REQUIRE(read.kind == ReadResult::Kind::Failed);
  CHECK(read.status.message().find("became shorter while it was read: 1000 bytes of it had been read, it has 10") != std::string::npos);
}
