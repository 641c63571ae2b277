#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>

#include "runtime/formats/csv_locate.h"
#include "runtime/formats/line_decoder.h"
#include "runtime/formats/schema_inference.h"
#include "runtime/state/arena.h"

namespace {

using namespace millrace;

constexpr size_t kLineMax = 100;  // so short that inputs exceed it

LineDecoder make_decoder() { return LineDecoder({.format = abi::Format::Csv, .line_max = kLineMax}); }

/// What a pipeline keeps of a source of three texts. Made once: fields are found record by record, and nothing is learned of them.
abi::CsvScan* scan_of_three() {
  static abi::CsvScan* const scan = [] {
    abi::ScanSpec spec;
    spec.format = abi::Format::Csv;
    for (int32_t i = 0; i < 3; ++i) spec.fields.push_back({"", abi::FieldType::String, i});
    return csv_scan_create(spec);
  }();
  return scan;
}

void append_rows(abi::PipelineContext& context, const abi::LineBlock& block, std::string* rows) {
  for (int64_t row = 0; row < block.row_count; ++row) {
    abi::StringRef fields[3];
    *rows += abi::mr_csv_locate(&context, scan_of_three(), &block, row, fields) ? "row" : "error";
    for (const abi::StringRef& field : fields) {
      if (field.data != nullptr) (*rows += '|').append(field.data, static_cast<size_t>(field.size));
    }
    (*rows += ' ').append(std::to_string(line_number(block, row))) += '\n';
  }
}

/// All fields of all rows, read in pieces of `chunk` bytes by a decoder that is at its start.
std::string decode(LineDecoder& decoder, std::string_view text, size_t chunk) {
  abi::Arena arena;
  abi::PipelineContext context{};
  context.scratch = &arena;
  std::string rows;
  abi::LineBlock block;
  for (size_t at = 0; at < text.size(); at += chunk) {
    const std::string_view piece = text.substr(at, chunk);
    std::memcpy(decoder.reserve(piece.size()), piece.data(), piece.size());
    decoder.commit(piece.size());
    while (decoder.next_block(&block, false)) append_rows(context, block, &rows);
  }
  while (decoder.next_block(&block, true)) append_rows(context, block, &rows);
  return rows;
}

/// An open record is looked through again with each piece: long inputs come in longer ones.
size_t chunk_of(size_t size) {
  constexpr size_t kChunks[] = {1, 7, 64};
  const size_t chunk = kChunks[size % std::size(kChunks)];  // one an input: there are many
  return std::max(chunk, size / 32);
}

}  // namespace

/// Records and fields must not depend on the pieces in which the bytes come, nor on what a decoder has read of another file before. The whole is read by a new
/// decoder, whose memory is its own; pieces by one that goes on from input to input.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  LineDecoder fresh = make_decoder();
  const std::string whole = decode(fresh, text, size + 1);
  static LineDecoder lasting = make_decoder();
  lasting.restart();
  if (const size_t chunk = chunk_of(size); decode(lasting, text, chunk) != whole) {
    std::fprintf(stderr, "in pieces of %zu bytes the rows differ\n", chunk);
    std::abort();
  }
  if (size % 4 == 0) (void)infer_csv_schema(text, {});
  return 0;
}
