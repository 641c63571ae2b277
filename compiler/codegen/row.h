#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "compiler/codegen/sql_value.h"

namespace millrace {

/// The row that the generated loop has in hand, as operators see it: columns that are computed when first used, so that a field
/// of a record that a filter drops is never parsed. A column's value is reused wherever the scope that it was computed in
/// is still open. Lives while the pipeline's code is generated.
class Row {
 public:
  using Read = std::function<SqlValue()>;
  using Test = std::function<ir::Bool(bool nan_too)>;

  explicit Row(ir::Emitter& emitter) : emitter_(&emitter) {}

  /// Adds the next column. `is_null` tells whether it is NULL without computing it, where that is cheaper.
  void add(Read read, Test is_null = {});
  void add_value(SqlValue value);
  size_t size() const { return columns_.size(); }

  SqlValue column(uint32_t i);
  /// `nan_too`: NaN counts as NULL.
  ir::Bool is_null(uint32_t i, bool nan_too = false);

 private:
  struct Column {
    Read read;
    Test is_null;
    std::optional<SqlValue> value;
    uint64_t value_scope = 0;
    std::optional<ir::Bool> null;  ///< of the last test, for NULL or for NULL and NaN
    bool null_or_nan = false;
    uint64_t null_scope = 0;
  };
  ir::Emitter* emitter_;
  std::vector<Column> columns_;
};

}  // namespace millrace
