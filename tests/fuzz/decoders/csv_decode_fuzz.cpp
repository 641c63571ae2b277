#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/formats/csv_locate.h"
#include "runtime/formats/line_decoder.h"
#include "runtime/formats/schema_inference.h"
#include "runtime/state/arena.h"

namespace {

using namespace millrace;

/// All fields of all rows, read in pieces of `chunk` bytes.
std::string decode(std::string_view text, size_t chunk) {
  abi::ScanSpec spec;
  spec.format = abi::Format::Csv;
  for (int32_t i = 0; i < 3; ++i) spec.fields.push_back({"", abi::FieldType::String, i});
  abi::CsvScan* scan = csv_scan_create(spec);
  LineDecoder decoder({.format = abi::Format::Csv, .line_max = 500});
  abi::Arena arena;
  abi::PipelineContext context{};
  context.scratch = &arena;
  std::string rows;
  const auto take = [&](bool at_end) {
    abi::LineBlock block;
    while (decoder.next_block(&block, at_end)) {
      for (int64_t row = 0; row < block.row_count; ++row) {
        abi::StringRef fields[3];
        rows += abi::mr_csv_locate(&context, scan, &block, row, fields) ? "row" : "error";
        for (const abi::StringRef& field : fields) {
          if (field.data != nullptr) rows += '|' + std::string(field.data, static_cast<size_t>(field.size));
        }
        rows += ' ' + std::to_string(line_number(block, row)) + '\n';
      }
    }
  };
  for (size_t at = 0; at < text.size(); at += chunk) {
    const std::string_view piece = text.substr(at, chunk);
    std::memcpy(decoder.reserve(piece.size()), piece.data(), piece.size());
    decoder.commit(piece.size());
    take(false);
  }
  take(true);
  csv_scan_destroy(scan);
  return rows;
}

}  // namespace

/// Records and fields must not depend on the pieces in which the bytes come.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string whole = decode(text, size + 1);
  constexpr size_t kChunks[] = {1, 7, 64};
  const size_t chunk = kChunks[size % std::size(kChunks)];  // one an input: there are many
  if (decode(text, chunk) != whole) {
    std::fprintf(stderr, "in pieces of %zu bytes the rows differ\n", chunk);
    std::abort();
  }
  (void)infer_csv_schema(text, {});
  return 0;
}
