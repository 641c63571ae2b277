#include "compiler/functions/type_code.h"

#include "runtime/abi/type_code.h"

namespace millrace {

namespace {

abi::TypeCode letter(TypeKind kind) {
  switch (kind) {
    case TypeKind::Null: return abi::TypeCode::Null;
    case TypeKind::Boolean: return abi::TypeCode::Boolean;
    case TypeKind::TinyInt: return abi::TypeCode::TinyInt;
    case TypeKind::SmallInt: return abi::TypeCode::SmallInt;
    case TypeKind::Int: return abi::TypeCode::Int;
    case TypeKind::BigInt: return abi::TypeCode::BigInt;
    case TypeKind::Float: return abi::TypeCode::Float;
    case TypeKind::Double: return abi::TypeCode::Double;
    case TypeKind::String: return abi::TypeCode::String;
    case TypeKind::Binary: return abi::TypeCode::Binary;
    case TypeKind::Date: return abi::TypeCode::Date;
    case TypeKind::Timestamp: return abi::TypeCode::Timestamp;
    case TypeKind::Array: return abi::TypeCode::Array;
    case TypeKind::Struct: return abi::TypeCode::Struct;
    case TypeKind::Map: return abi::TypeCode::Map;
    case TypeKind::Decimal: return abi::TypeCode::Decimal;
    case TypeKind::IntervalYearMonth: return abi::TypeCode::IntervalYearMonth;
    case TypeKind::IntervalDayTime: return abi::TypeCode::IntervalDayTime;
  }
  return abi::TypeCode::BigInt;
}

void append_number(std::string& code, size_t number) {
  const auto bytes = static_cast<uint16_t>(number);
  code.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
}

}  // namespace

std::string type_code(const SqlType& type) {
  std::string code(1, static_cast<char>(letter(type.kind)));
  if (type.is(TypeKind::Decimal)) code.append({static_cast<char>(type.precision), static_cast<char>(type.scale)});
  if (type.is_interval()) code.append({static_cast<char>(type.interval_first()), static_cast<char>(type.interval_last())});
  if (type.is(TypeKind::Struct)) append_number(code, type.fields.size());
  for (const StructField& field : type.fields) {
    if (type.is(TypeKind::Struct)) {
      append_number(code, field.name.size());
      code += field.name;
    }
    code += type_code(field.type);
  }
  return code;
}

}  // namespace millrace
