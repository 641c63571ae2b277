#include "runtime/formats/line_decoder.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace millrace;

namespace {

struct Row {
  std::string text;
  int flags;
  int64_t line;
  bool operator==(const Row&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.line << ":" << row.flags << ":" << row.text; }

void add_rows(const abi::LineBlock& block, std::vector<Row>* rows) {
  for (int64_t i = 0; i < block.row_count; ++i) {
    rows->push_back({std::string(block.base + block.row_begin[i], block.base + block.row_end[i]),
                     block.row_flags[i] & ~abi::kRowUnmarked,  // that depends on the neighbours in a block
                     line_number(block, i)});
  }
}

void take_rows(LineDecoder& decoder, bool at_end, std::vector<Row>* rows) {
  abi::LineBlock block;
  while (decoder.next_block(&block, at_end)) {
    REQUIRE(block.row_count > 0);
    add_rows(block, rows);
  }
}

std::vector<Row> decode(const std::string& text, const LineDecoderOptions& options, size_t chunk) {
  LineDecoder decoder(options);
  std::vector<Row> rows;
  for (size_t at = 0; at < text.size(); at += chunk) {
    const size_t size = std::min(chunk, text.size() - at);
    std::memcpy(decoder.reserve(size), text.data() + at, size);
    decoder.commit(size);
    take_rows(decoder, false, &rows);
  }
  take_rows(decoder, true, &rows);
  return rows;
}

/// By chunks, which are indexed when all of them have been taken.
std::vector<Row> decode_by_chunks(const std::string& text, const LineDecoderOptions& options, size_t size_of_read) {
  LineDecoder decoder(options);
  std::vector<std::unique_ptr<LineChunk>> chunks;
  auto take = [&](bool at_end) {
    chunks.push_back(std::make_unique<LineChunk>());
    while (decoder.take_chunk(chunks.back().get(), at_end)) chunks.push_back(std::make_unique<LineChunk>());
    chunks.pop_back();
  };
  for (size_t at = 0; at < text.size(); at += size_of_read) {
    const size_t size = std::min(size_of_read, text.size() - at);
    std::memcpy(decoder.reserve(size), text.data() + at, size);
    decoder.commit(size);
    take(false);
  }
  take(true);
  std::vector<Row> rows;
  int64_t next_line = 1;
  for (auto& chunk : chunks) {
    decoder.index_chunk(chunk.get());
    chunk->block.first_line = next_line + chunk->lines_before_row;
    next_line += chunk->lines;
    add_rows(chunk->block, &rows);
  }
  return rows;
}

/// Whatever the pieces in which the bytes come, the rows are the same.
std::vector<Row> decode_in_pieces(const std::string& text, const LineDecoderOptions& options) {
  const std::vector<Row> whole = decode(text, options, text.size() + 1);
  for (const size_t chunk : {1, 2, 3, 7, 64, 100}) {
    INFO(chunk);
    CHECK(decode(text, options, chunk) == whole);
    CHECK(decode_by_chunks(text, options, chunk) == whole);
  }
  return whole;
}

}  // namespace

TEST_CASE("json lines: blank lines are no rows, the last line needs no newline, CR before it is dropped") {
  const auto rows = decode_in_pieces("\xef\xbb\xbf{\"a\":1}\n\n  \r\n{\"a\":[2]}\r\nx\n{\"a\":\"\\n\"}", {});
  REQUIRE(rows == std::vector<Row>{{"{\"a\":1}", 0, 1},
                                   {"{\"a\":[2]}", abi::kRowNested, 4},
                                   {"x", abi::kRowNested, 5},
                                   {"{\"a\":\"\\n\"}", abi::kRowEscape, 6}});
}

TEST_CASE("an open string costs its own line only") {
  const auto rows = decode_in_pieces("{\"a\":\"x}\n{\"a\":1}\n{\"b:\"}\"}\n{\"a\":2}\n", {});
  REQUIRE(rows.size() == 4);
  CHECK((rows[0].flags & abi::kRowOpenString) != 0);
  CHECK(rows[1].flags == 0);
  CHECK(rows[3].flags == 0);
}

TEST_CASE("bytes that are no UTF-8 are told") {
  const auto rows = decode_in_pieces("{\"a\":\"\xc3\xa9\"}\n{\"a\":\"\xc3\"}\n{\"a\":1}\n{\"\xed\xa0\x80\":1}", {});
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].flags == 0);
  CHECK(rows[1].flags == abi::kRowBadUtf8);
  CHECK(rows[2].flags == 0);
  CHECK(rows[3].flags == abi::kRowBadUtf8);
}

TEST_CASE("a line that is too long is cut and flagged, its neighbours are not") {
  LineDecoderOptions options;
  options.line_max = 20;
  for (const abi::Format format : {abi::Format::Json, abi::Format::Text, abi::Format::Csv}) {
    options.format = format;
    const std::string exact(20, 'a');
    const auto rows = decode_in_pieces(exact + "\n" + exact + "b\n" + exact + "\r\n" + std::string(1000, 'c') + "\nd\n" +
                                           std::string(19, 'e') + "\xc3\xa9\n" + std::string(50, 'f'), options);
    REQUIRE(rows.size() == 7);
    CHECK((rows[0].flags & abi::kRowTooLong) == 0);
    CHECK((rows[1].flags & abi::kRowTooLong) != 0);
    CHECK(rows[1].text == exact);
    CHECK((rows[2].flags & abi::kRowTooLong) == 0);
    CHECK(rows[3].text == std::string(20, 'c'));
    CHECK((rows[3].flags & abi::kRowTooLong) != 0);
    CHECK(rows[4].text == "d");
    CHECK(rows[4].line == 5);
    CHECK((rows[5].flags & abi::kRowTooLong) != 0);
    CHECK((rows[6].flags & abi::kRowTooLong) != 0);
  }
}

TEST_CASE("text: every line is a row, also an empty one") {
  const auto rows = decode_in_pieces("a\n\nb \r\n\r\nc", {.format = abi::Format::Text});
  REQUIRE(rows == std::vector<Row>{{"a", 0, 1}, {"", 0, 2}, {"b ", 0, 3}, {"", 0, 4}, {"c", 0, 5}});
}

TEST_CASE("csv: a quoted newline belongs to its record, the header is skipped once") {
  LineDecoderOptions options{.format = abi::Format::Csv, .skip_header = true, .delimiter = ';'};
  const auto rows = decode_in_pieces("name;n\n\na;1\n\"x\ny\"\"z\";2\nb\"c;3\r\n\"\\\"\n\";4", options);
  REQUIRE(rows == std::vector<Row>{{"a;1", 0, 3}, {"\"x\ny\"\"z\";2", 0, 4}, {"b\"c;3", 0, 6}, {"\"\\\"\n\";4", 0, 7}});
}

TEST_CASE("csv: a header that is too long is one all the same, a blank line that is too long is none of those passed over") {
  LineDecoderOptions options{.format = abi::Format::Csv, .line_max = 20, .skip_header = true};
  const std::string blank(30, ' ');
  const auto rows = decode_in_pieces(std::string(40, 'h') + "\n1\n" + blank + "\n  \r\n2\n", options);
  REQUIRE(rows == std::vector<Row>{{"1", 0, 2}, {blank.substr(0, 20), abi::kRowTooLong, 3}, {"2", 0, 5}});
}

TEST_CASE("csv: a quote that is never closed costs its line only") {
  const auto rows = decode_in_pieces("a,1\n\"b,2\nc,3\nd,4", {.format = abi::Format::Csv});
  REQUIRE(rows == std::vector<Row>{{"a,1", 0, 1}, {"\"b,2", abi::kRowOpenString, 2}, {"c,3", 0, 3}, {"d,4", 0, 4}});
}

TEST_CASE("another file begins with its own header and byte-order mark") {
  LineDecoder decoder({.format = abi::Format::Csv, .skip_header = true});
  std::vector<Row> rows;
  for (int file = 0; file < 2; ++file) {
    const std::string text = "\xef\xbb\xbfh\n1\n2\n";
    std::memcpy(decoder.reserve(text.size()), text.data(), text.size());
    decoder.commit(text.size());
    take_rows(decoder, false, &rows);
    decoder.restart();
  }
  REQUIRE(rows == std::vector<Row>{{"1", 0, 2}, {"2", 0, 3}, {"1", 0, 2}, {"2", 0, 3}});
}

TEST_CASE("many lines come in several blocks") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "{\"n\": " + std::to_string(i) + ", \"s\": \"abc\"}\n";
  const auto rows = decode(text, {}, text.size());
  REQUIRE(rows.size() == 50'000);
  CHECK(rows.back().line == 50'000);
  CHECK(rows[4711].text == "{\"n\": 4711, \"s\": \"abc\"}");
}
