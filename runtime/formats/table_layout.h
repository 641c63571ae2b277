#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/abi/output_buffer.h"

/// Spark's console layout, byte for byte.
namespace millrace {

struct TableLayoutOptions {
  /// Longest cell in characters, as Java counts them: longer ones are cut and end in `...`. Then everything is right-aligned. 0: nothing
  /// is cut and everything is left-aligned.
  int64_t truncate = 20;
};

/// 43 dashes, `Batch: N`, 43 dashes, a line each.
std::string batch_banner(int64_t batch_id);

/// The framed table of the cells in `rows` (see runtime/hot/output.h), then `only showing top N rows` when rows.row_count says that there
/// were more than have cells, then an empty line.
std::string render_table(std::span<const std::string_view> column_names, const abi::OutputBuffer& rows,
                         const TableLayoutOptions& options);

}  // namespace millrace
