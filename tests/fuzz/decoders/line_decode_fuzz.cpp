#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "runtime/formats/line_chunk.h"
#include "runtime/formats/line_decoder.h"
#include "tests/support/state_samples.h"

namespace {

using namespace millrace;

/// How the bytes come to be rows; what an input is decoded by, from its first byte.
struct Way {
  LineDecoderOptions options;
  size_t piece = 1;      ///< bytes that are read at a time
  bool chunks = false;   ///< as for workers: lines are cut off and indexed apart
  bool restarts = false; ///< a snapshot is taken and restored now and then
};

constexpr size_t kLineMax = 60;  // so short that inputs exceed it
constexpr size_t kPiecesToRestart = 7;

Way way_by(uint8_t choice) {
  constexpr abi::Format kFormats[] = {abi::Format::Json, abi::Format::Csv, abi::Format::Text, abi::Format::Json};
  constexpr size_t kPieces[] = {1, 3, 17, 64};
  Way way;
  way.options.format = kFormats[choice & 3];
  way.options.line_max = kLineMax;
  way.options.blank_rows = (choice & 3) == 3;
  way.options.skip_header = way.options.format == abi::Format::Csv && (choice & 0x40) != 0;
  way.piece = kPieces[choice >> 2 & 3];
  way.chunks = (choice & 0x10) != 0;
  way.restarts = (choice & 0x20) != 0;
  return way;
}

/// Of the flags those that do not depend on a row's neighbours.
void append_rows(const abi::LineBlock& block, std::string* rows) {
  for (int64_t row = 0; row < block.row_count; ++row) {
    const bool too_long = (block.row_flags[row] & abi::kRowTooLong) != 0;
    rows->append(std::to_string(line_number(block, row))).append(too_long ? " cut " : " ");
    rows->append(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]) += '\n';
  }
}

class Reader {
 public:
  explicit Reader(const Way& way) : way_(way), decoder_(way.options) {}

  std::string read(std::string_view text) {
    for (size_t at = 0; at < text.size(); at += way_.piece) {
      const std::string_view piece = text.substr(at, way_.piece);
      if (way_.chunks) decoder_.read_into(&chunk_);
      std::memcpy(decoder_.reserve(piece.size()), piece.data(), piece.size());
      decoder_.commit(piece.size());
      take(false);
      if (way_.restarts && ++pieces_ % kPiecesToRestart == 3) restart();
    }
    take(true);
    return std::move(rows_);
  }

 private:
  void take(bool at_end) {
    abi::LineBlock block;
    if (!way_.chunks) {
      while (decoder_.next_block(&block, at_end)) append_rows(block, &rows_);
      return;
    }
    while (decoder_.take_chunk(&chunk_, at_end)) {
      decoder_.index_chunk(&chunk_);
      block = chunk_.block;
      block.first_line = next_line_ + chunk_.lines_before_row;
      next_line_ += chunk_.lines;
      decoder_.lines_were_taken_until(next_line_);
      append_rows(block, &rows_);
    }
  }

  void restart() {
    const std::string bytes = samples::snapshot_of(decoder_);
    SnapshotReader reader = samples::reader_of(bytes);
    decoder_ = LineDecoder(way_.options);
    decoder_.restore(reader);
    if (!reader.ok()) std::abort();
  }

  const Way& way_;
  LineDecoder decoder_;
  LineChunk chunk_;
  int64_t next_line_ = 1;
  size_t pieces_ = 0;
  std::string rows_;
};

}  // namespace

/// Rows and the numbers of their lines must not depend on how the bytes come, on whether lines are cut off for workers, nor on restarts.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Way way = way_by(data[0]);
  Way plain;
  plain.options = way.options;
  plain.piece = size;
  const std::string expected = Reader(plain).read(text);
  const std::string actual = Reader(way).read(text);
  if (actual == expected) return 0;
  std::fprintf(stderr, "in pieces of %zu bytes%s%s the rows are\n%s\nnot\n%s\n", way.piece, way.chunks ? ", cut off" : "", way.restarts ? ", restarted" : "", actual.c_str(),
               expected.c_str());
  std::abort();
}
