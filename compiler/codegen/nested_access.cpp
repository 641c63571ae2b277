#include "compiler/codegen/nested_access.h"

#include "compiler/functions/type_code.h"
#include "runtime/abi/calls/nested.h"
#include "runtime/abi/calls/state.h"
#include "runtime/hot/nested.h"

namespace millrace::sql {

using ir::Bytes;
using ir::Int;
using ir::Pointer;
using Kind = abi::NestedItem::Kind;

namespace {

constexpr char kZeroDecimal[sizeof(abi::Decimal)] = {};

Int kind_of(Emitter& e, const SqlValue& v, Kind present) {
  Int kind = e.int_(static_cast<int64_t>(present));
  return v.may_be_null() ? e.select(v.null, e.int_(static_cast<int64_t>(Kind::Null)), kind) : kind;
}

/// The slot of a scalar that is no string. NaN takes its one form.
Int word_of(Emitter& e, const SqlValue& v) {
  auto& build = e.builder();
  if (v.type.is(TypeKind::Boolean) || v.type.is(TypeKind::Null)) return e.widen(ir::Bool(v.raw));
  if (!v.type.is_floating()) return v.integer();
  llvm::Value* nan = llvm::ConstantFP::getNaN(build.getDoubleTy());
  llvm::Value* number = build.CreateSelect(build.CreateFCmpUNO(v.raw, v.raw), nan, v.raw);
  return Int(build.CreateBitCast(number, build.getInt64Ty()));
}

/// `place` is memory for a DECIMAL, to which the item points.
void store_item(Emitter& e, Pointer<char> item, const SqlValue& v, Bytes place) {
  if (v.is_bytes()) {
    e.store_at(item, 0, kind_of(e, v, v.type.is_nested() ? Kind::Run : Kind::Bytes));
    e.store_at(item, 8, v.size());
    e.store_at(item, 16, v.text());
    return;
  }
  if (v.type.is(TypeKind::Decimal)) {
    e.store_at(item, 0, kind_of(e, v, Kind::Bytes));
    e.store_at(item, 8, e.int_(sizeof(abi::Decimal)));
    e.store_at(item, 16, place);
    e.store_at(Pointer<char>(place.raw), 0, v.decimal());
    return;
  }
  e.store_at(item, 0, kind_of(e, v, v.type.is(TypeKind::Null) ? Kind::Null : Kind::Word));
  e.store_at(item, 8, word_of(e, v));
}

SqlValue made(Emitter& e, const SqlType& type, ir::Slot<abi::StringRef> out, Bool fits) {
  return from_string_ref(e, type, out.pointer(), e.not_(fits));
}

}  // namespace

Pointer<const abi::NestedItem> items_of(Emitter& e, Pointer<abi::PipelineContext> context, const std::vector<SqlValue>& values,
                                        bool outlive_step) {
  const size_t bytes = std::max<size_t>(values.size(), 1) * sizeof(abi::NestedItem);
  Pointer<char> items(e.stack_slot(llvm::ArrayType::get(e.builder().getInt8Ty(), bytes), "items"));
  for (size_t i = 0; i < values.size(); ++i) {
    const SqlValue part = values[i].type.is(TypeKind::Struct) ? as_run(e, context, values[i]) : values[i];
    Bytes place;
    if (part.type.is(TypeKind::Decimal)) {
      place = outlive_step ? Bytes(e.call<&abi::mr_scratch>(context, e.int_(sizeof(abi::Decimal))).raw)
                           : Bytes(e.slot<abi::Decimal>("decimal").address);
    }
    store_item(e, e.at<char>(items, static_cast<int64_t>(i * sizeof(abi::NestedItem))), part, place);
  }
  return Pointer<const abi::NestedItem>(items.raw);
}

namespace {

/// A DECIMAL of a run, which lies anywhere; `data` of a NULL may be anything.
SqlValue load_decimal(Emitter& e, const SqlType& type, Bytes data, Bool null) {
  Bytes safe = e.select(null, e.bytes({kZeroDecimal, sizeof kZeroDecimal}), data);
  llvm::Value* raw = e.builder().CreateAlignedLoad(e.builder().getInt128Ty(), safe.raw, llvm::Align(1));
  return SqlValue::of(type, ir::Wide(raw), null);
}

}  // namespace

SqlValue from_item(Emitter& e, const SqlType& type, ir::Pointer<const abi::NestedItem> item, Bool null) {
  if (type.is_nested() || type.is_bytes()) {
    // What stands behind a NULL must be safe to read.
    const SqlValue nothing = zero_of(e, type.is(TypeKind::Struct) ? SqlType::array(TypeKind::Null) : type);
    Bytes data = e.select(null, nothing.text(), e.load<&abi::NestedItem::data>(item));
    Int size = e.select(null, nothing.size(), e.load<&abi::NestedItem::word>(item));
    return type.is(TypeKind::Struct) ? struct_from_run(e, type, data, null) : SqlValue::of(type, data, size, null);
  }
  if (type.is(TypeKind::Decimal)) return load_decimal(e, type, e.load<&abi::NestedItem::data>(item), null);
  Int word = e.select(null, e.int_(0), e.load<&abi::NestedItem::word>(item));
  if (type.is(TypeKind::Null)) return null_of(e, type);
  if (type.is(TypeKind::Boolean)) return SqlValue::of(e.ne(word, e.int_(0)), null);
  if (!type.is_floating()) return SqlValue::of(type, word, null);
  return SqlValue::of(type, ir::Real(e.builder().CreateBitCast(word.raw, e.builder().getDoubleTy())), null);
}

SqlValue load_item(Emitter& e, const SqlType& type, ir::Pointer<const abi::NestedItem> item) {
  Int kind(e.load<&abi::NestedItem::kind>(item).raw);
  return from_item(e, type, item, e.eq(kind, e.int_(static_cast<int64_t>(Kind::Null))));
}

Pointer<const char> code_of(Emitter& e, const SqlType& type) { return e.bytes(type_code(type)); }

SqlValue load_element(Emitter& e, const SqlType& type, Bytes run, Int i) {
  Bool null = e.not_(e.call<&abi::mr_nested_has>(run, i));
  switch (type.kind) {
    case TypeKind::Null: return null_of(e, type);
    case TypeKind::Struct: return struct_from_run(e, type, e.call<&abi::mr_nested_data>(run, i), null);
    case TypeKind::Boolean: return SqlValue::of(e.ne(e.call<&abi::mr_nested_int>(run, i), e.int_(0)), null);
    case TypeKind::Float:
    case TypeKind::Double: return SqlValue::of(type, e.call<&abi::mr_nested_double>(run, i), null);
    case TypeKind::Decimal: return load_decimal(e, type, e.call<&abi::mr_nested_data>(run, i), null);
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Array:
    case TypeKind::Map:
      return SqlValue::of(type, e.call<&abi::mr_nested_data>(run, i), e.call<&abi::mr_nested_size>(run, i), null);
    default: return SqlValue::of(type, e.call<&abi::mr_nested_int>(run, i), null);
  }
}

SqlValue struct_from_run(Emitter& e, const SqlType& type, Bytes run, Bool null) {
  std::vector<SqlValue> fields;
  for (size_t i = 0; i < type.fields.size(); ++i) {
    fields.push_back(load_element(e, type.fields[i].type, run, e.int_(static_cast<int64_t>(i))));
  }
  return SqlValue::of_fields(type, std::move(fields), null);
}

SqlValue from_run_ref(Emitter& e, const SqlType& type, Pointer<const abi::StringRef> run, Bool null) {
  if (!type.is(TypeKind::Struct)) return from_string_ref(e, type, run, null);
  SqlValue fields = from_string_ref(e, SqlType::array(TypeKind::Null), run, null);
  return struct_from_run(e, type, fields.text(), fields.null);
}

SqlValue make_array(Emitter& e, Pointer<abi::PipelineContext> context, const SqlType& type, const std::vector<SqlValue>& elements) {
  ir::Slot<abi::StringRef> out = e.slot<abi::StringRef>("array");
  auto items = items_of(e, context, elements);
  Bool fits = e.call<&abi::mr_nested_make>(context, items, e.int_(static_cast<int64_t>(elements.size())), out.pointer());
  return made(e, type, out, fits);
}

SqlValue make_map(Emitter& e, Pointer<abi::PipelineContext> context, const SqlType& type, const std::vector<SqlValue>& entries) {
  ir::Slot<abi::StringRef> out = e.slot<abi::StringRef>("map");
  auto items = items_of(e, context, entries);
  Bool made_it = e.call<&abi::mr_map_make>(context, items, e.int_(static_cast<int64_t>(entries.size() / 2)), out.pointer());
  return made(e, type, out, made_it);
}

SqlValue as_run(Emitter& e, Pointer<abi::PipelineContext> context, const SqlValue& v) {
  if (!v.type.is(TypeKind::Struct)) return v;
  SqlValue run = make_array(e, context, SqlType::array(TypeKind::Null), v.fields);
  return with_null(e, std::move(run), v.null);
}

SqlValue map_element(Emitter& e, Pointer<abi::PipelineContext> context, const SqlValue& map, const SqlValue& key) {
  const SqlValue wanted = as_run(e, context, key);
  Int at;
  if (wanted.is_bytes()) at = e.call<&abi::mr_map_find_bytes>(map.text(), wanted.text(), wanted.size());
  else if (wanted.type.is(TypeKind::Decimal)) at = e.call<&abi::mr_map_find_bytes>(map.text(), Bytes(as_decimal_ref(e, wanted).raw), e.int_(sizeof(abi::Decimal)));
  else if (wanted.type.is_floating()) at = e.call<&abi::mr_map_find_double>(map.text(), wanted.real());
  else at = e.call<&abi::mr_map_find_int>(map.text(), word_of(e, wanted));
  SqlValue value = load_element(e, map.type.fields[1].type, e.call<&abi::mr_map_values>(map.text()), at);
  return with_null(e, std::move(value), either_null(e, map.null, key.null));
}

}  // namespace millrace::sql
