#include "runtime/connectors/file_sink.h"

#include "runtime/hot/output.h"
#include "runtime/formats/output_buffer.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

abi::QuerySpec csv_query(const std::string& path, const std::string& mode, abi::EmitMode emit) {
  abi::QuerySpec query;
  query.mode = emit;
  query.sink.connector = "file";
  query.sink.format = abi::OutputFormat::Csv;
  query.sink.options = {{"path", path}, {"mode", mode}};
  query.columns = {{"gt", "STRING", false}, {"the \"n\"", "BIGINT", true}};
  return query;
}

void write_batches(const abi::QuerySpec& query, const std::vector<std::string>& batches) {
  FileSink sink(query);
  REQUIRE(sink.open().ok());
  for (const std::string& text : batches) {
    abi::OutputBuffer rows = make_output_buffer();
    abi::mr_out_bytes(&rows, text.data(), static_cast<int64_t>(text.size()));
    rows.row_count = 1;
    CHECK(sink.write({&rows, 0, true}).outcome == SinkOutcome::Written);
    free_output_buffer(&rows);
  }
  CHECK(sink.close().ok());
}

constexpr const char* kHeader = "gt,\"the \"\"n\"\"\"\n";

}  // namespace

TEST_CASE("overwrite starts empty and gathers batches") {
  TemporaryFolder folder;
  write_file(folder / "out.csv", "old\n");
  write_batches(csv_query(folder / "out.csv", "overwrite", abi::EmitMode::Update), {"walk,1\n", "run,2\n"});
  CHECK(read_file(folder / "out.csv") == std::string(kHeader) + "walk,1\nrun,2\n");
}

TEST_CASE("overwrite under complete holds the last batch only") {
  TemporaryFolder folder;
  write_batches(csv_query(folder / "out.csv", "overwrite", abi::EmitMode::Complete), {"walk,1\nrun,1\n", "sit,2\n"});
  CHECK(read_file(folder / "out.csv") == std::string(kHeader) + "sit,2\n");
}

TEST_CASE("append keeps what is there, with one header") {
  TemporaryFolder folder;
  auto query = csv_query(folder / "out.csv", "append", abi::EmitMode::Complete);
  write_batches(query, {"walk,1\n"});
  write_batches(query, {"walk,2\n"});
  CHECK(read_file(folder / "out.csv") == std::string(kHeader) + "walk,1\nwalk,2\n");
}

TEST_CASE("header = false leaves it out") {
  TemporaryFolder folder;
  auto query = csv_query(folder / "out.csv", "overwrite", abi::EmitMode::Append);
  query.sink.options["header"] = "false";
  write_batches(query, {"walk,1\n"});
  CHECK(read_file(folder / "out.csv") == "walk,1\n");
}

TEST_CASE("a file that cannot be written says why") {
  TemporaryFolder folder;
  FileSink sink(csv_query(folder / "none/out.csv", "overwrite", abi::EmitMode::Append));
  CHECK(sink.open().message() == "cannot write '" + (folder / "none/out.csv") + "': No such file or directory");
}
