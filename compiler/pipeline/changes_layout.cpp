#include "compiler/pipeline/changes_layout.h"

namespace millrace::pipeline {
namespace {

void add_texts(const FieldLayout& field, std::vector<uint32_t>& offsets) {
  if (field.type.is_bytes()) offsets.push_back(field.offset);
  for (const FieldLayout& child : field.children) add_texts(child, offsets);
}

FieldLayout moved(FieldLayout field, uint32_t by) {
  field.offset += by;
  if (field.null_offset != kNeverNull) field.null_offset += by;
  for (FieldLayout& child : field.children) child = moved(std::move(child), by);
  return field;
}

/// The columns of the changes, in the order of the node's schema.
std::vector<FieldLayout> fields_read(const plan::ShowChanges& changes, const TupleLayout& row, const Schema& schema) {
  const std::vector<FieldLayout> visible(row.fields.begin(), row.fields.begin() + changes.visible);
  const FieldLayout op{.type = TypeKind::String, .offset = abi::ChangesSpec::kOpOffset, .null_offset = kNeverNull, .children = {}};
  if (changes.form == abi::ChangeForm::NewRows) return visible;
  if (changes.form == abi::ChangeForm::Op) {
    std::vector<FieldLayout> fields{op};
    fields.insert(fields.end(), visible.begin(), visible.end());
    return fields;
  }
  FieldLayout before{.type = schema[0].type, .offset = 0, .null_offset = row.size, .children = visible};
  FieldLayout after{.type = schema[1].type, .offset = 0, .null_offset = row.size + 1, .children = {}};
  for (const FieldLayout& field : visible) after.children.push_back(moved(field, row.size));
  return {before, after, op};
}

/// Rows of changes as operators take them: the first columns and, of weights, the weight.
std::vector<FieldLayout> fields_passed_on(const TupleLayout& row, uint32_t visible, abi::ChangeForm form) {
  std::vector<FieldLayout> fields(row.fields.begin(), row.fields.begin() + visible);
  if (form != abi::ChangeForm::Weights) return fields;
  fields.push_back({.type = TypeKind::BigInt, .offset = abi::ChangesSpec::kWeightOffset, .null_offset = kNeverNull, .children = {}});
  return fields;
}

/// A state that takes rows of these columns; what it makes of them is for the caller to say.
TupleState state_over(const Schema& columns, uint32_t visible) {
  TupleState state;
  state.columns = columns;
  state.visible = static_cast<uint32_t>(columns.size());
  state.layout = lay_out(state.columns, abi::ChangesSpec::kHeaderBytes);
  abi::ChangesSpec spec;
  spec.row_size = state.layout.size;
  for (uint32_t i = 0; i < visible; ++i) add_row_keys(state.layout.fields[i], spec.values);
  for (const FieldLayout& field : state.layout.fields) add_texts(field, spec.texts);
  state.changes = std::move(spec);
  return state;
}

void set_keys(TupleState& state, bool has_keys, const std::vector<uint32_t>& keys) {
  state.changes->has_keys = has_keys;
  for (uint32_t key : keys) add_row_keys(state.layout.fields[key], state.changes->keys);
}

int32_t offset_of(const TupleState& state, std::optional<uint32_t> column) {
  return column ? static_cast<int32_t>(state.layout.fields[*column].offset) : -1;
}

}  // namespace

TupleState differences_state(const plan::Differentiate& node) {
  TupleState state = state_over(node.input->schema, node.visible);
  set_keys(state, node.has_keys, node.keys);
  state.changes->form = abi::ChangeForm::Weights;
  state.changes->whole = node.whole;
  state.changes->max_rows = node.max_rows;
  state.changes->present_offset = offset_of(state, node.present);
  state.read = fields_passed_on(state.layout, node.visible, abi::ChangeForm::Weights);
  return state;
}

TupleState integral_state(const plan::Integrate& node) {
  const auto weight = static_cast<uint32_t>(node.input->schema.size() - 1);
  TupleState state = state_over(node.input->schema, weight);
  set_keys(state, node.has_keys, node.keys);
  state.changes->form = abi::ChangeForm::AllRows;
  state.changes->max_rows = node.max_rows;
  state.changes->weight_offset = offset_of(state, weight);
  state.changes->first_rows = node.first;
  state.changes->ranked_by = node.ranked_by;
  for (const plan::Integrate::Order& by : node.order) {
    const FieldLayout& field = state.layout.fields[by.column];
    state.changes->sort.push_back({field.offset, field.null_offset, cell_kind(field.type), by.descending, by.nulls_first});
  }
  state.read = fields_passed_on(state.layout, weight, abi::ChangeForm::AllRows);
  if (!node.group) return state;
  state.changes->by_group = true;
  for (const uint32_t column : *node.group) add_row_keys(state.layout.fields[column], state.changes->group);
  state.read.push_back({.type = TypeKind::Boolean, .offset = abi::ChangesSpec::kPresentOffset, .null_offset = kNeverNull, .children = {}});
  return state;
}

void add_row_keys(const FieldLayout& field, std::vector<abi::ViewKey>& keys) {
  if (field.type.is(TypeKind::Struct)) {
    if (field.null_offset != kNeverNull) keys.push_back({field.null_offset, kNeverNull, abi::CellKind::Boolean});
    for (const FieldLayout& child : field.children) add_row_keys(child, keys);
    return;
  }
  const abi::CellKind kind = field.type.is_bytes() ? abi::CellKind::String : cell_kind(field.type);
  keys.push_back({field.offset, field.null_offset, kind});
}

TupleState changes_state(const plan::ShowChanges& changes, const Schema& schema) {
  TupleState state = state_over(changes.input->schema, changes.visible);
  set_keys(state, changes.has_keys, changes.keys);
  state.read = fields_read(changes, state.layout, schema);
  abi::ChangesSpec& spec = *state.changes;
  spec.form = changes.form;
  spec.whole = changes.whole;
  spec.max_rows = changes.max_rows;
  spec.present_offset = offset_of(state, changes.present);
  spec.weight_offset = offset_of(state, changes.weight);
  spec.final_time_offset = offset_of(state, changes.final_time);
  if (changes.final_time) {
    const FieldLayout& time = state.layout.fields[*changes.final_time];
    if (time.null_offset != kNeverNull) spec.final_time_null = static_cast<int32_t>(time.null_offset);
  }
  return state;
}

}  // namespace millrace::pipeline
