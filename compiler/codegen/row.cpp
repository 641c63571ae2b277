#include "compiler/codegen/row.h"

namespace millrace {

void Row::add(Read read, Test is_null, Glance glance) {
  columns_.push_back({std::move(read), std::move(is_null), std::move(glance), {}, 0, {}, false, 0});
}

void Row::add_value(SqlValue value) {
  columns_.push_back({{}, {}, {}, std::move(value), emitter_->scope(), {}, false, 0});
}

SqlValue Row::column(uint32_t i) {
  Column& column = columns_[i];
  if (column.value && emitter_->is_open(column.value_scope)) return *column.value;
  column.value = column.read();
  column.value_scope = emitter_->scope();
  return *column.value;
}

ir::Bool Row::is_null(uint32_t i, bool nan_too) {
  Column& column = columns_[i];
  bool computed = column.value && emitter_->is_open(column.value_scope);
  if (computed || !column.is_null) {
    SqlValue value = this->column(i);
    return nan_too ? sql::is_null_or_nan(*emitter_, value) : sql::is_null(*emitter_, value);
  }
  if (column.null && column.null_or_nan == nan_too && emitter_->is_open(column.null_scope)) return *column.null;
  column.null = column.is_null(nan_too);
  column.null_or_nan = nan_too;
  column.null_scope = emitter_->scope();
  return *column.null;
}

ir::Int Row::glance(uint32_t i, double bound) {
  const Column& column = columns_[i];
  const bool computed = column.value && emitter_->is_open(column.value_scope);
  return computed || !column.glance ? ir::Int() : column.glance(bound);
}

}  // namespace millrace
