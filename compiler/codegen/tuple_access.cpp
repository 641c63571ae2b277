#include "compiler/codegen/tuple_access.h"

namespace millrace {

using pipeline::FieldLayout;
using pipeline::kNeverNull;

SqlValue load_field(ir::Emitter& e, ir::Pointer<const char> tuple, const FieldLayout& field) {
  ir::Bool null;
  if (field.null_offset != kNeverNull) null = e.load_at<bool>(tuple, field.null_offset);
  switch (field.type.kind) {
    case TypeKind::Struct: {
      std::vector<SqlValue> fields;
      for (const FieldLayout& child : field.children) fields.push_back(load_field(e, tuple, child));
      return SqlValue::of_fields(field.type, std::move(fields), null);
    }
    case TypeKind::Null:
    case TypeKind::Boolean: {
      SqlValue v = SqlValue::of(e.load_at<bool>(tuple, field.offset), null);
      v.type = field.type;
      return v;
    }
    case TypeKind::Float:
    case TypeKind::Double:
      return SqlValue::of(field.type, e.load_at<double>(tuple, field.offset), null);
    case TypeKind::Decimal:
      return SqlValue::of(field.type, e.load_at<abi::Decimal>(tuple, field.offset), null);
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Array:
    case TypeKind::Map:
      return sql::from_string_ref(e, field.type, e.at<const abi::StringRef>(tuple, field.offset), null);
    default:
      return SqlValue::of(field.type, e.load_at<int64_t>(tuple, field.offset), null);
  }
}

void store_field(ir::Emitter& e, ir::Pointer<char> tuple, const FieldLayout& field, const SqlValue& v, const KeepBytes& keep) {
  if (field.null_offset != kNeverNull) e.store_at(tuple, field.null_offset, sql::is_null(e, v));
  switch (field.type.kind) {
    case TypeKind::Struct:
      for (size_t i = 0; i < field.children.size(); ++i) store_field(e, tuple, field.children[i], v.fields[i], keep);
      return;
    case TypeKind::Null:
    case TypeKind::Boolean:
      e.store_at(tuple, field.offset, v.boolean());
      return;
    case TypeKind::Float:
    case TypeKind::Double:
      e.store_at(tuple, field.offset, v.real());
      return;
    case TypeKind::Decimal:
      e.store_at(tuple, field.offset, v.decimal());
      return;
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Array:
    case TypeKind::Map:
      e.store_at(tuple, field.offset, keep(v.text(), v.size()));
      e.store_at(tuple, field.offset + 8, v.size());
      return;
    default:
      e.store_at(tuple, field.offset, v.integer());
  }
}

}  // namespace millrace
