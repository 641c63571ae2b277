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
  /// Tells that none of these columns is NULL (or NaN) where that is known of the row at once; empty: it cannot be told so.
  using PresenceTest = std::function<ir::Bool(const std::vector<uint32_t>& columns)>;

  /// How the column's value compares with a constant, negative or positive, where that is seen without computing it; 0: it is not. A NULL's
  /// is 0. Empty: it never is.
  using Glance = std::function<ir::Int(double bound)>;

  explicit Row(ir::Emitter& emitter) : emitter_(&emitter) {}

  /// Adds the next column. `is_null` tells whether it is NULL without computing it, where that is cheaper.
  void add(Read read, Test is_null = {}, Glance glance = {});
  void add_value(SqlValue value);
  void set_presence_test(PresenceTest test) { are_present_ = std::move(test); }
  size_t size() const { return columns_.size(); }

  SqlValue column(uint32_t i);
  /// `nan_too`: NaN counts as NULL.
  ir::Bool is_null(uint32_t i, bool nan_too = false);
  /// As Glance; empty also where the value is at hand.
  ir::Int glance(uint32_t i, double bound);
  /// True: none of the columns is NULL or NaN. False says nothing. Empty when the row cannot tell at once.
  ir::Bool are_present(const std::vector<uint32_t>& columns) { return are_present_ ? are_present_(columns) : ir::Bool(); }

 private:
  struct Column {
    Read read;
    Test is_null;
    Glance glance;
    std::optional<SqlValue> value;
    uint64_t value_scope = 0;
    std::optional<ir::Bool> null;  ///< of the last test, for NULL or for NULL and NaN
    bool null_or_nan = false;
    uint64_t null_scope = 0;
  };
  ir::Emitter* emitter_;
  std::vector<Column> columns_;
  PresenceTest are_present_;
};

}  // namespace millrace
