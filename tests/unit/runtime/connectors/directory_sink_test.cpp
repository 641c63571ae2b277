#include "runtime/connectors/directory_sink.h"

#include <sys/stat.h>

#include <algorithm>

#include "tests/unit/runtime/connectors/read_all.h"
#include "tests/unit/runtime/connectors/write_batches.h"

using namespace millrace;

namespace {

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("each batch with rows is a file of its own, named by the batch") {
  TemporaryFolder folder;
  std::string path = folder / "deep/out";
  auto query = query_to(abi::OutputFormat::Csv, {{"path", path}});
  DirectorySink sink(query);
  REQUIRE(sink.open().ok());
  CHECK(write_batch(sink, 0, "1\n").outcome == SinkOutcome::Written);
  CHECK(write_batch(sink, 1, "", 0).outcome == SinkOutcome::Written);
  CHECK(write_batch(sink, 12, "2\n3\n", 2).outcome == SinkOutcome::Written);
  CHECK(sink.close().ok());
  CHECK(names_in(path) == std::vector<std::string>{"part-00000000.csv", "part-00000012.csv"});
  CHECK(read_file(path + "/part-00000000.csv") == "n\n1\n");
  CHECK(read_file(path + "/part-00000012.csv") == "n\n2\n3\n");
}

TEST_CASE("parts that are there stay, and numbers go on after them") {
  TemporaryFolder folder;
  write_file(folder / "part-00000041.csv", "old");
  write_file(folder / "part-x.json", "no part");
  write_file(folder / ".part-00000042.json", "left behind");
  auto query = query_to(abi::OutputFormat::Json, {{"path", folder / ""}});
  DirectorySink sink(query);
  REQUIRE(sink.open().ok());
  CHECK(write_batch(sink, 0, "{\"n\":1}\n").outcome == SinkOutcome::Written);
  CHECK(read_file(folder / "part-00000042.json") == "{\"n\":1}\n");
  CHECK(read_file(folder / "part-00000041.csv") == "old");
  CHECK(names_in(folder / "") == std::vector<std::string>{"part-00000041.csv", "part-00000042.json", "part-x.json"});
}

TEST_CASE("a part that another job has written meanwhile is not written over") {
  TemporaryFolder folder;
  auto query = query_to(abi::OutputFormat::Json, {{"path", folder / "out"}});
  DirectorySink sink(query);
  REQUIRE(sink.open().ok());
  write_file(folder / "out/part-00000000.json", "theirs");
  SinkResult written = write_batch(sink, 0, "{\"n\":1}\n");
  CHECK(written.outcome == SinkOutcome::Failed);
  CHECK(written.status.message() == "cannot write '" + (folder / "out/part-00000000.json") + "': File exists");
  CHECK(read_file(folder / "out/part-00000000.json") == "theirs");
  CHECK(names_in(folder / "out").size() == 1);
}

TEST_CASE("a folder that cannot be made says why") {
  TemporaryFolder folder;
  write_file(folder / "file", "");
  auto query = query_to(abi::OutputFormat::Json, {{"path", folder / "file"}});
  CHECK_FALSE(DirectorySink(query).open().ok());
  auto below = query_to(abi::OutputFormat::Json, {{"path", folder / "file/out"}});
  CHECK(DirectorySink(below).open().message() == "cannot make the folder '" + (folder / "file/out") + "': Not a directory");
}
