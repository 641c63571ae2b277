#include "compiler/pipeline/over_layout.h"

#include <algorithm>
#include <utility>

#include "compiler/base/sql_error.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/aggregate_order.h"

namespace millrace::pipeline {
namespace {

uint32_t bytes_of(const SqlType& type) {
  if (type.is_bytes()) return sizeof(abi::StringRef);
  if (type.is(TypeKind::Decimal)) return sizeof(abi::Decimal);
  return type.is(TypeKind::Boolean) || type.is(TypeKind::Null) ? 1 : 8;
}

/// What takes the value of one field to another of the same type.
void add_copies(const FieldLayout& from, const FieldLayout& to, std::vector<abi::FieldCopy>& out) {
  if (to.null_offset != kNeverNull) {
    const bool may_be_null = from.null_offset != kNeverNull;
    out.push_back({may_be_null ? from.null_offset : abi::FieldCopy::kNothing, to.null_offset, 1});
  }
  if (from.type.is(TypeKind::Struct)) {
    for (size_t i = 0; i < from.children.size(); ++i) add_copies(from.children[i], to.children[i], out);
    return;
  }
  out.push_back({from.offset, to.offset, bytes_of(from.type)});
}

void add_text_fields(const FieldLayout& field, std::vector<uint32_t>& out) {
  if (field.type.is_bytes()) out.push_back(field.offset);
  for (const FieldLayout& child : field.children) add_text_fields(child, out);
}

class OverLayoutBuilder {
 public:
  explicit OverLayoutBuilder(const plan::Over& over) : over_(over) {
    out_.node = &over;
    columns_ = over.input->schema;
    for (const plan::OverCall& call : over.calls) columns_.push_back({call.call.name, call.call.type, call.call.nullable});
  }

  OverState build() {
    place_fields();
    out_.layout = lay_out(columns_, 0);
    out_.spec.tuple_size = std::max<uint32_t>(out_.layout.size, 8);
    for (size_t field : partition_) add_partition_keys(out_.layout.fields[field]);
    out_.spec.partition_keys = static_cast<uint32_t>(out_.spec.sort.size());
    for (size_t i = 0; i < order_.size(); ++i) out_.spec.sort.push_back(sort_key(order_[i], over_.order[i]));
    for (size_t i = 0; i < over_.calls.size(); ++i) add_call(i);
    for (size_t i = 0; i < out_.layout.fields.size(); ++i) {
      const bool is_result = i >= out_.input_width() && i < out_.visible();
      if (!is_result) add_text_fields(out_.layout.fields[i], out_.spec.text_fields);
    }
    out_.spec.rank_max = over_.rank_max;
    out_.spec.shows_changed = over_.is_maintained;
    out_.spec.ranked_by = over_.ranked_by;
    return std::move(out_);
  }

 private:
  struct FrameFields { size_t key = 0, start = 0, end = 0; };

  void place_fields() {
    for (const auto& key : over_.partition) partition_.push_back(field_of(*key));
    for (const plan::SortItem& item : over_.order) {
      if (item.expr->type.is_nested()) throw not_supported_yet(item.expr->span, "ORDER BY a nested value");
      order_.push_back(field_of(*item.expr));
    }
    for (const plan::OverCall& over : over_.calls) {
      OverState::Inputs& inputs = out_.inputs.emplace_back();
      for (const auto& argument : over.call.arguments) inputs.arguments.push_back(field_of(*argument));
      if (over.call.filter) inputs.filter = field_of(*over.call.filter);
      FrameFields& frame = frame_fields_.emplace_back();
      if (over.frame.key) frame.key = field_of(*over.frame.key);
      if (over.frame.start.value) frame.start = field_of(*over.frame.start.value);
      if (over.frame.end.value) frame.end = field_of(*over.frame.end.value);
    }
  }

  /// The field that holds an expression's value: a column's own, else one more that is computed when the row is kept.
  size_t field_of(const expr::Expr& e) {
    if (const auto* column = std::get_if<expr::ColumnRef>(&e.node)) return column->index;
    const auto same = [&](const expr::Expr* other) { return expr::equal(*other, e); };
    const auto found = std::find_if(out_.computed.begin(), out_.computed.end(), same);
    const auto index = out_.visible() + static_cast<size_t>(found - out_.computed.begin());
    if (found != out_.computed.end()) return index;
    out_.computed.push_back(&e);
    columns_.push_back({"", e.type, true});
    return index;
  }

  /// Equal values have equal bytes, and partitions need an order, whichever it is.
  void add_partition_keys(const FieldLayout& field) {
    if (!field.type.is(TypeKind::Struct)) {
      const abi::CellKind kind = field.type.is_bytes() ? abi::CellKind::String : cell_kind(field.type);
      out_.spec.sort.push_back({field.offset, field.null_offset, kind, false, true});
      return;
    }
    if (field.null_offset != kNeverNull) out_.spec.sort.push_back({field.null_offset, kNeverNull, abi::CellKind::Boolean, false, true});
    for (const FieldLayout& child : field.children) add_partition_keys(child);
  }

  abi::SortKey sort_key(size_t field, const plan::SortItem& item) const {
    const FieldLayout& at = out_.layout.fields[field];
    return {at.offset, at.null_offset, cell_kind(at.type), item.descending, item.nulls_first};
  }

  abi::FrameBound bound(const plan::FrameBound& from, size_t field) const {
    abi::FrameBound to{.kind = from.kind, .rows = from.rows, .value = {}};
    if (from.value) to.value = sort_key(field, over_.order.front());
    return to;
  }

  /// Frames that go by no value are shared.
  uint32_t add_frame(size_t call) {
    const plan::Frame& from = over_.calls[call].frame;
    auto& frames = out_.spec.frames;
    const auto same = [](const abi::FrameBound& a, const abi::FrameBound& b) {
      return a.kind == b.kind && a.rows == b.rows && a.kind != abi::FrameBound::Kind::Value;
    };
    const abi::Frame made{.start = bound(from.start, frame_fields_[call].start), .end = bound(from.end, frame_fields_[call].end),
                          .key = from.key ? sort_key(frame_fields_[call].key, over_.order.front()) : abi::SortKey{}};
    const auto found = std::find_if(frames.begin(), frames.end(), [&](const abi::Frame& other) {
      return same(other.start, made.start) && same(other.end, made.end);
    });
    const auto index = static_cast<uint32_t>(found - frames.begin());
    if (found == frames.end()) frames.push_back(made);
    return index;
  }

  void add_call(size_t index) {
    const plan::OverCall& over = over_.calls[index];
    const FieldLayout& result = out_.layout.fields[out_.input_width() + index];
    abi::OverCall call;
    call.function = over.function;
    call.number = over.number;
    call.result_offset = result.offset;
    call.result_null_offset = result.null_offset;
    if (over.function >= abi::OverFunction::Nth) call.frame = add_frame(index);
    if (over.function == abi::OverFunction::Aggregate) add_aggregate(over.call, result, call);
    else if (over.function >= abi::OverFunction::Shift) add_value(over, out_.inputs[index], result, call);
    out_.spec.calls.push_back(std::move(call));
  }

  static void add_aggregate(const plan::AggregateCall& aggregate, const FieldLayout& result, abi::OverCall& call) {
    const AggregateFunction& function = *aggregate.function;
    add_copies(result, result, call.value);
    call.state_size = (function.state_size + 7) / 8 * 8 + (aggregate.distinct ? kDistinctSetBytes : 0);
    // What any value may go into grows with its rows, as its parts would: merging them gains nothing.
    call.merges = function.rule == nullptr;
    call.merges_exactly = merges_in_any_order(function);
  }

  void add_value(const plan::OverCall& over, const OverState::Inputs& inputs, const FieldLayout& result, abi::OverCall& call) const {
    const auto& fields = out_.layout.fields;
    const FieldLayout& value = fields[inputs.arguments.front()];
    add_copies(value, result, call.value);
    if (inputs.arguments.size() > 1) add_copies(fields[inputs.arguments[1]], result, call.otherwise);
    if (over.ignore_nulls) call.value_null_offset = value.null_offset;
    if (!inputs.filter) return;
    call.filter_offset = fields[*inputs.filter].offset;
    call.filter_null_offset = fields[*inputs.filter].null_offset;
  }

  const plan::Over& over_;
  OverState out_;
  Schema columns_;
  std::vector<size_t> partition_, order_;
  std::vector<FrameFields> frame_fields_;
};

}  // namespace

OverState over_state(const plan::Over& over) { return OverLayoutBuilder(over).build(); }

}  // namespace millrace::pipeline
