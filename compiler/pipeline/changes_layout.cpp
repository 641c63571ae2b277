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

}  // namespace

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
  TupleState state;
  state.columns = changes.input->schema;
  state.visible = static_cast<uint32_t>(state.columns.size());
  state.layout = lay_out(state.columns, abi::ChangesSpec::kHeaderBytes);
  state.read = fields_read(changes, state.layout, schema);
  abi::ChangesSpec spec;
  spec.row_size = state.layout.size;
  spec.form = changes.form;
  spec.whole = changes.whole;
  spec.has_keys = changes.has_keys;
  spec.max_rows = changes.max_rows;
  for (uint32_t key : changes.keys) add_row_keys(state.layout.fields[key], spec.keys);
  for (uint32_t i = 0; i < changes.visible; ++i) add_row_keys(state.layout.fields[i], spec.values);
  for (const FieldLayout& field : state.layout.fields) add_texts(field, spec.texts);
  if (changes.present) spec.present_offset = static_cast<int32_t>(state.layout.fields[*changes.present].offset);
  if (changes.final_time) {
    const FieldLayout& time = state.layout.fields[*changes.final_time];
    spec.final_time_offset = static_cast<int32_t>(time.offset);
    if (time.null_offset != kNeverNull) spec.final_time_null = static_cast<int32_t>(time.null_offset);
  }
  state.changes = std::move(spec);
  return state;
}

}  // namespace millrace::pipeline
