#include "runtime/connectors/directory_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

/// Files that were last written so long ago that they are whole; `age` tells them apart.
void write_old_file(const std::string& path, std::string_view text, int64_t age_s) {
  write_file(path, text);
  timespec changed{::time(nullptr) - age_s, 0};
  timespec times[2] = {changed, changed};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

/// What the source gives until it pauses, after waiting for at most `timeout_us` for each piece.
std::string read_backlog(Source& source, int64_t timeout_us = 2'000'000) {
  std::string all;
  std::vector<char> buffer(64);
  for (;;) {
    ReadResult got = source.read(buffer, timeout_us);
    if (got.kind == ReadResult::Kind::NextFile) all += "|";
    if (got.kind == ReadResult::Kind::Data) all.append(buffer.data(), got.bytes);
    if (got.kind == ReadResult::Kind::Failed) return all + "<failed: " + got.status.message() + ">";
    if (got.kind == ReadResult::Kind::Nothing) return all;
  }
}

std::string folder_path(const TemporaryFolder& folder) {
  std::string path = folder / "";
  path.pop_back();
  return path;
}

}  // namespace

TEST_CASE("what is in a folder comes oldest first, then by name, and is one backlog") {
  TemporaryFolder folder;
  write_old_file(folder / "c", "c1\nc2", 100);
  write_old_file(folder / "b", "b\n", 50);
  write_old_file(folder / "a", "a\n", 50);
  DirectorySource source(folder_path(folder), "*", {});
  REQUIRE(source.open().ok());
  CHECK_FALSE(source.is_bulk());
  std::vector<char> buffer(2);
  REQUIRE(source.read(buffer, 0).bytes == 2);
  CHECK(source.is_bulk());
  CHECK(read_backlog(source) == "\nc2\n|a\n|b\n|");
  CHECK_FALSE(source.is_bulk());
  CHECK(read_backlog(source, 0).empty());
}

TEST_CASE("files that appear are taken once they are closed or moved in") {
  TemporaryFolder folder;
  TemporaryFolder elsewhere;
  DirectorySource source(folder_path(folder), "*", {});
  REQUIRE(source.open().ok());
  int fd = ::open((folder / "slow").c_str(), O_WRONLY | O_CREAT, 0644);
  REQUIRE(::write(fd, "half a ", 7) == 7);
  CHECK(read_backlog(source, 1000).empty());
  REQUIRE(::write(fd, "line\n", 5) == 5);
  ::close(fd);
  CHECK(read_backlog(source) == "half a line\n|");
  write_file(elsewhere / "x", "moved\n");
  REQUIRE(::rename((elsewhere / "x").c_str(), (folder / "x").c_str()) == 0);
  CHECK(read_backlog(source) == "moved\n|");
  CHECK(read_backlog(source, 1000).empty());
}

TEST_CASE("unfinished names, hidden names, folders and other patterns are passed over") {
  TemporaryFolder folder;
  DirectorySource source(folder_path(folder), "*.json*", {});
  REQUIRE(source.open().ok());
  for (const char* name : {".a.json", "_b.json", "c.json.tmp", "d.json.part", "e.json~", "f.csv"}) write_file(folder / name, "no\n");
  REQUIRE(::mkdir((folder / "g.json").c_str(), 0755) == 0);
  CHECK(read_backlog(source, 1000).empty());
  REQUIRE(::rename((folder / "c.json.tmp").c_str(), (folder / "c.json").c_str()) == 0);
  CHECK(read_backlog(source) == "no\n|");
}

TEST_CASE("a file is read once, whatever is done to it, until its name is free again") {
  TemporaryFolder folder;
  std::string notices;
  ConnectorContext context;
  context.notice = [&](std::string_view text) { notices += text; };
  DirectorySource source(folder_path(folder), "*", context);
  REQUIRE(source.open().ok());
  write_file(folder / "a", "1\n");
  CHECK(read_backlog(source) == "1\n|");
  write_file(folder / "a", "2\n");
  CHECK(read_backlog(source, 1000).empty());
  CHECK(notices == "'a' was written to after it was read; a file is read once");
  REQUIRE(::rename((folder / "a").c_str(), (folder / "b").c_str()) == 0);
  CHECK(read_backlog(source, 1000).empty());
  REQUIRE(::unlink((folder / "b").c_str()) == 0);
  write_file(folder / "b", "3\n");
  CHECK(read_backlog(source) == "3\n|");
}

TEST_CASE("a file that is being written when the watch begins is whole when it rests") {
  TemporaryFolder folder;
  int fd = ::open((folder / "slow").c_str(), O_WRONLY | O_CREAT, 0644);
  REQUIRE(::write(fd, "one\n", 4) == 4);
  DirectorySource source(folder_path(folder), "*", {});
  REQUIRE(source.open().ok());
  CHECK(read_backlog(source, 1000).empty());
  REQUIRE(::write(fd, "two\n", 4) == 4);
  CHECK(read_backlog(source, 10'000'000) == "one\ntwo\n|");  // nobody closed it
  ::close(fd);
}

TEST_CASE("linked files need nobody to close them") {
  TemporaryFolder folder;
  TemporaryFolder elsewhere;
  write_old_file(elsewhere / "data", "linked\n", 100);
  DirectorySource source(folder_path(folder), "*", {});
  REQUIRE(source.open().ok());
  REQUIRE(::symlink((elsewhere / "data").c_str(), (folder / "link").c_str()) == 0);
  CHECK(read_backlog(source) == "linked\n|");
}

TEST_CASE("a folder that is not there, or goes away, is an error that names it") {
  TemporaryFolder outer;
  std::string path = outer / "in";
  CHECK(DirectorySource(path, "*", {}).open().message() == "cannot watch the folder '" + path + "': No such file or directory");
  write_file(path, "");
  CHECK(DirectorySource(path, "*", {}).open().message() == "cannot watch the folder '" + path + "': Not a directory");
  ::unlink(path.c_str());
  REQUIRE(::mkdir(path.c_str(), 0755) == 0);
  DirectorySource source(path, "*", {});
  REQUIRE(source.open().ok());
  REQUIRE(::rmdir(path.c_str()) == 0);
  CHECK(read_backlog(source) == "<failed: the folder '" + path + "' is gone>");
}
