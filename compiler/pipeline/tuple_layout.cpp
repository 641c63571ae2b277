#include "compiler/pipeline/tuple_layout.h"

namespace millrace::pipeline {
namespace {

bool takes_one_byte(const SqlType& type) { return type.is(TypeKind::Boolean) || type.is(TypeKind::Null); }

FieldLayout shape_of(const SqlType& type, bool nullable) {
  FieldLayout field{.type = type, .offset = 0, .null_offset = nullable ? 0 : kNeverNull, .children = {}};
  if (type.is(TypeKind::Struct)) {
    for (const StructField& child : type.fields) field.children.push_back(shape_of(child.type, true));
  }
  return field;
}

void place_words(FieldLayout& field, uint32_t& at) {
  for (FieldLayout& child : field.children) place_words(child, at);
  if (field.type.is(TypeKind::Struct) || takes_one_byte(field.type)) return;
  field.offset = at;
  at += field.type.is_bytes() || field.type.is(TypeKind::Decimal) ? 16 : 8;
}

void place_bytes(FieldLayout& field, uint32_t& at) {
  for (FieldLayout& child : field.children) place_bytes(child, at);
  if (takes_one_byte(field.type)) field.offset = at++;
  if (field.null_offset != kNeverNull) field.null_offset = at++;
}

void add_owned(const FieldLayout& field, std::vector<abi::OwnedField>& owned) {
  if (field.type.is_bytes()) owned.push_back({field.offset, abi::OwnedKind::Text});
  for (const FieldLayout& child : field.children) add_owned(child, owned);
}

}  // namespace

TupleLayout lay_out(const Schema& columns, uint32_t header_bytes) {
  TupleLayout layout;
  uint32_t at = header_bytes;
  for (const Column& column : columns) layout.fields.push_back(shape_of(column.type, column.nullable));
  for (FieldLayout& field : layout.fields) place_words(field, at);
  for (FieldLayout& field : layout.fields) place_bytes(field, at);
  layout.size = (at + 7) / 8 * 8;
  return layout;
}

std::vector<abi::OwnedField> owned_fields(const TupleLayout& layout) {
  std::vector<abi::OwnedField> owned;
  for (const FieldLayout& field : layout.fields) add_owned(field, owned);
  return owned;
}

abi::CellKind cell_kind(const SqlType& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
    case TypeKind::Null:
      return abi::CellKind::Boolean;
    case TypeKind::Float:
    case TypeKind::Double:
      return abi::CellKind::Double;
    case TypeKind::Decimal:
      return abi::CellKind::Decimal;
    case TypeKind::String:
    case TypeKind::Binary:
      return abi::CellKind::String;
    default:
      return abi::CellKind::Int64;
  }
}

}  // namespace millrace::pipeline
