#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/formats/table_layout.h"

namespace millrace {

/// The text of a query's batches in its sink's format: laid-out tables, JSON lines, or csv with its header. One thread.
class BatchText {
 public:
  /// `query` outlives it.
  explicit BatchText(const abi::QuerySpec& query);

  /// Rows whose cells a table shows; -1: all.
  int64_t rows_wanted() const { return rows_wanted_; }
  /// The csv header, empty for other formats and under `header = false`.
  std::string header() const;
  /// Without the header. Valid until the next call.
  std::string_view render(const SinkBatch& batch);

 private:
  abi::OutputFormat format_;
  bool has_header_;
  std::vector<std::string_view> column_names_;
  TableLayoutOptions layout_;
  int64_t rows_wanted_ = -1;
  std::string text_;
};

}  // namespace millrace
