#include "runtime/engine/line_ranges.h"

#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "runtime/connectors/file_source.h"
#include "runtime/engine/source_reader.h"
#include "tests/unit/runtime/connectors/read_all.h"

using namespace millrace;

namespace {

class TextFile {
 public:
  explicit TextFile(const std::string& text) : path_(folder_ / "lines") { std::ofstream(path_, std::ios::binary) << text; }
  const std::string& path() const { return path_; }

 private:
  TemporaryFolder folder_;
  std::string path_;
};

/// Lines of all lengths up to `longest`, empty ones too; the last one with or without a newline.
std::string some_lines(std::mt19937& random, size_t longest, size_t size) {
  std::string text;
  while (text.size() < size) {
    const size_t length = random() % 8 == 0 ? random() % (longest + 1) : random() % (longest / 8 + 1);
    for (size_t i = 0; i < length; ++i) text += static_cast<char>('a' + random() % 26);
    text += random() % 16 == 0 ? "\r\n" : "\n";
  }
  if (random() % 2 == 0) text.pop_back();
  return text;
}

abi::SourceSpec text_source(size_t line_max) {
  abi::SourceSpec spec;
  spec.format = abi::Format::Text;
  spec.options["max_line"] = std::to_string(line_max);
  return spec;
}

using Lines = std::vector<std::string>;

/// A line, with its flags.
void add_rows(const abi::LineBlock& block, Lines* lines) {
  for (int64_t row = 0; row < block.row_count; ++row) {
    const std::string text(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
    lines->push_back(text + "/" + std::to_string(block.row_flags[row]));
  }
}

Lines read_in_order(const std::string& path, size_t line_max) {
  SourceReader reader(text_source(line_max), std::make_unique<FileSource>(path));
  REQUIRE(reader.open().ok());
  Lines lines;
  while (reader.next_block(0) == SourceReader::Outcome::Rows) add_rows(reader.block(), &lines);
  return lines;
}

struct RangesRead {
  Lines lines;
  size_t ranges = 0;
};

/// The first lines one after the other, then ranges as long as there are, the later ones first, then the rest.
RangesRead read_in_ranges(const std::string& path, size_t line_max, size_t range_bytes) {
  SourceReader reader(text_source(line_max), std::make_unique<FileSource>(path));
  REQUIRE(reader.open().ok());
  reader.set_read_bytes(range_bytes);
  RangesRead result;
  while (reader.next_block(0) == SourceReader::Outcome::Rows) {
    add_rows(reader.block(), &result.lines);
    if (result.ranges > 0) continue;
    std::unique_ptr<LineRanges> ranges = reader.begin_ranges();
    if (ranges == nullptr) continue;
    std::vector<LineRanges::Range> claimed;
    while (auto range = ranges->claim()) claimed.push_back(*range);
    std::vector<Lines> parts(claimed.size());
    for (size_t i = claimed.size(); i-- > 0;) {
      LineChunk chunk;
      REQUIRE(reader.read_range(*ranges, claimed[i], &chunk).ok());
      reader.index(&chunk);
      add_rows(chunk.block, &parts[i]);
    }
    for (const Lines& part : parts) result.lines.insert(result.lines.end(), part.begin(), part.end());
    result.ranges = claimed.size();
    reader.end_ranges(*ranges, {});
  }
  return result;
}

}  // namespace

TEST_CASE("lines that are read in ranges, in any order, are the lines of the file") {
  std::mt19937 random(7);
  size_t ranges = 0;
  for (int round = 0; round < 400; ++round) {
    const size_t longest = 1 + random() % 300;
    const size_t line_max = random() % 3 == 0 ? 1 + random() % 100 : 1000;
    const TextFile file(some_lines(random, longest, 200 + random() % 4000));
    INFO("round " << round);
    const RangesRead read = read_in_ranges(file.path(), line_max, 1 + random() % 200);
    CHECK(read.lines == read_in_order(file.path(), line_max));
    ranges += read.ranges;
  }
  CHECK(ranges > 1000);
}

TEST_CASE("a file that is small, or is not read by lines alone, has no ranges") {
  const TextFile file("1\n2\n3\n4\n5\n6\n7\n8\n");
  CHECK(read_in_ranges(file.path(), 100, 8).ranges == 0);
  abi::SourceSpec csv = text_source(100);
  csv.format = abi::Format::Csv;
  SourceReader reader(csv, std::make_unique<FileSource>(file.path()));
  REQUIRE(reader.open().ok());
  reader.set_read_bytes(2);
  REQUIRE(reader.next_block(0) == SourceReader::Outcome::Rows);
  CHECK(reader.begin_ranges() == nullptr);
}

TEST_CASE("a range that cannot be read fails, and names the file") {
  LineRanges ranges({-1, 0, 1000, "gone.ndjson"}, 10, 100);
  LineChunk chunk;
  const Status read = ranges.read(*ranges.claim(), &chunk);
  CHECK(read.message() == "cannot read 'gone.ndjson': Bad file descriptor");
}
