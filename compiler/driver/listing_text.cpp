#include "compiler/driver/listing_text.h"

#include "runtime/formats/output_buffer.h"
#include "runtime/formats/table_layout.h"
#include "runtime/hot/output.h"

namespace millrace {

std::string tabbed(const AnalyzedListing& listing) {
  std::string text;
  auto line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) text += (i ? "\t" : "") + cells[i];
    text += '\n';
  };
  line(listing.header);
  for (const auto& row : listing.rows) line(row);
  return text;
}

std::string framed(const AnalyzedListing& listing) {
  abi::OutputBuffer cells = make_output_buffer();
  for (const auto& row : listing.rows) {
    (void)abi::mr_out_row_begin(&cells);
    for (const std::string& cell : row) {
      const int64_t begin = abi::mr_out_cell_begin(&cells);
      abi::mr_out_bytes(&cells, cell.data(), static_cast<int64_t>(cell.size()));
      abi::mr_out_cell_end(&cells, begin);
    }
  }
  const std::vector<std::string_view> names(listing.header.begin(), listing.header.end());
  std::string text = render_table(names, cells, {.truncate = 0});
  free_output_buffer(&cells);
  return text;
}

}  // namespace millrace
