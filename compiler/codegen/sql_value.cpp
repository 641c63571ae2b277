#include "compiler/codegen/sql_value.h"

#include "runtime/abi/nested.h"
#include "runtime/hot/decimal.h"
#include "runtime/hot/hash.h"
#include "runtime/hot/math.h"

namespace millrace::sql {
namespace {

using ir::Word;

constexpr uint64_t kHashOfNull = 0x5bd1e995a3c59ac3;

llvm::Value* phi(Emitter& e, llvm::Value* a, llvm::BasicBlock* from_a, llvm::Value* b, llvm::BasicBlock* from_b) {
  if (a == b) return a;
  llvm::PHINode* joined = e.builder().CreatePHI(a->getType(), 2);
  joined->addIncoming(a, from_a);
  joined->addIncoming(b, from_b);
  return joined;
}

Bool real_equal(Emitter& e, const SqlValue& a, const SqlValue& b) {
  auto& build = e.builder();
  Bool both_nan = e.and_(Bool(build.CreateFCmpUNO(a.raw, a.raw)), Bool(build.CreateFCmpUNO(b.raw, b.raw)));
  return e.or_(Bool(build.CreateFCmpOEQ(a.raw, b.raw)), both_nan);
}

Bool real_less(Emitter& e, const SqlValue& a, const SqlValue& b) {
  auto& build = e.builder();
  Bool only_b_nan = e.and_(Bool(build.CreateFCmpUNO(b.raw, b.raw)), Bool(build.CreateFCmpORD(a.raw, a.raw)));
  return e.or_(Bool(build.CreateFCmpOLT(a.raw, b.raw)), only_b_nan);
}

}  // namespace

SqlValue zero_of(Emitter& e, const SqlType& type) {
  switch (type.kind) {
    case TypeKind::Null:
    case TypeKind::Boolean: {
      SqlValue v = SqlValue::of(e.bool_(false));
      v.type = type;
      return v;
    }
    case TypeKind::Float:
    case TypeKind::Double:
      return SqlValue::of(type, e.real(0));
    case TypeKind::Decimal:
      return SqlValue::of(type, e.wide({}));
    case TypeKind::String:
    case TypeKind::Binary:
      return SqlValue::of(type, e.bytes(""), e.int_(0));
    case TypeKind::Array:
    case TypeKind::Map:
      return SqlValue::of(type, e.bytes({abi::kEmptyRun, sizeof abi::kEmptyRun}), e.int_(sizeof abi::kEmptyRun));
    case TypeKind::Struct: {
      std::vector<SqlValue> fields;
      for (const StructField& field : type.fields) fields.push_back(null_of(e, field.type));
      return SqlValue::of_fields(type, std::move(fields));
    }
    default:
      return SqlValue::of(type, e.int_(0));
  }
}

SqlValue null_of(Emitter& e, const SqlType& type) {
  SqlValue v = zero_of(e, type);
  v.null = e.bool_(true);
  return v;
}

Bool is_null(Emitter& e, const SqlValue& v) { return v.may_be_null() ? v.null : e.bool_(false); }

Bool is_null_or_nan(Emitter& e, const SqlValue& v) {
  Bool nan = e.call<&abi::mr_isnan>(v.real());
  return v.may_be_null() ? e.or_(v.null, nan) : nan;
}

Bool either_null(Emitter& e, Bool a, Bool b) {
  if (!a) return b;
  if (!b) return a;
  return e.or_(a, b);
}

SqlValue with_null(Emitter& e, SqlValue v, Bool also) {
  v.null = either_null(e, v.null, also);
  return v;
}

Bool is_true(Emitter& e, const SqlValue& v) { return v.may_be_null() ? e.and_(v.boolean(), e.not_(v.null)) : v.boolean(); }

Bool is_false(Emitter& e, const SqlValue& v) {
  return v.may_be_null() ? e.not_(e.or_(v.boolean(), v.null)) : e.not_(v.boolean());
}

SqlValue detail::merge(Emitter& e, const BranchEnd& a, const BranchEnd& b) {
  SqlValue out;
  out.type = a.value.type;
  if (a.value.raw) out.raw = phi(e, a.value.raw, a.block, b.value.raw, b.block);
  if (a.value.length) out.length = phi(e, a.value.length, a.block, b.value.length, b.block);
  if (a.value.may_be_null() || b.value.may_be_null()) {
    out.null = Bool(phi(e, is_null(e, a.value).raw, a.block, is_null(e, b.value).raw, b.block));
  }
  for (size_t i = 0; i < a.value.fields.size(); ++i) {
    out.fields.push_back(merge(e, {a.value.fields[i], a.block}, {b.value.fields[i], b.block}));
  }
  return out;
}

Bool equal(Emitter& e, const SqlValue& a, const SqlValue& b) {
  if (a.type.is(TypeKind::Struct)) {
    Bool all = e.bool_(true);
    for (size_t i = 0; i < a.fields.size(); ++i) all = e.and_(all, equal_or_both_null(e, a.fields[i], b.fields[i]));
    return all;
  }
  if (a.is_bytes()) return e.call<&abi::mr_string_equal>(a.text(), a.size(), b.text(), b.size());
  if (a.type.is_floating()) return real_equal(e, a, b);
  return Bool(e.builder().CreateICmpEQ(a.raw, b.raw));
}

Bool less(Emitter& e, const SqlValue& a, const SqlValue& b) {
  if (a.is_bytes()) return e.lt(e.call<&abi::mr_string_compare>(a.text(), a.size(), b.text(), b.size()), e.int32(0));
  if (a.type.is_floating()) return real_less(e, a, b);
  if (a.type.is(TypeKind::Boolean)) return e.and_(e.not_(a.boolean()), b.boolean());
  if (a.type.is(TypeKind::Decimal)) return Bool(e.builder().CreateICmpSLT(a.raw, b.raw));
  return e.lt(a.integer(), b.integer());
}

Bool equal_or_both_null(Emitter& e, const SqlValue& a, const SqlValue& b) {
  Bool same = equal(e, a, b);
  if (!a.may_be_null() && !b.may_be_null()) return same;
  Bool a_null = is_null(e, a), b_null = is_null(e, b);
  return e.or_(e.and_(a_null, b_null), e.and_(same, e.not_(e.or_(a_null, b_null))));
}

Word hash(Emitter& e, Word seed, const SqlValue& v) {
  Word h = seed;
  if (v.type.is(TypeKind::Struct)) {
    for (const SqlValue& field : v.fields) h = hash(e, h, field);
  } else if (v.is_bytes()) {
    h = e.call<&abi::mr_hash_string>(seed, v.text(), v.size());
  } else if (v.type.is_floating()) {
    h = e.call<&abi::mr_hash_double>(seed, v.real());
  } else if (v.type.is(TypeKind::Decimal)) {
    h = e.call<&abi::mr_hash_decimal>(seed, as_decimal_ref(e, v));
  } else if (v.type.is(TypeKind::Boolean) || v.type.is(TypeKind::Null)) {
    h = e.call<&abi::mr_hash_int>(seed, ir::Int(e.builder().CreateZExt(v.raw, e.builder().getInt64Ty())));
  } else {
    h = e.call<&abi::mr_hash_int>(seed, v.integer());
  }
  if (!v.may_be_null()) return h;
  return e.select(v.null, e.bxor(seed, e.word(kHashOfNull)), h);
}

ir::Pointer<abi::StringRef> as_string_ref(Emitter& e, const SqlValue& v) {
  ir::Slot<abi::StringRef> slot = e.slot<abi::StringRef>("string");
  ir::Bytes data = v.text();
  if (v.may_be_null()) data = e.select(v.null, e.null<const char>(), data);
  e.store<&abi::StringRef::data>(slot.pointer(), data);
  e.store<&abi::StringRef::size>(slot.pointer(), v.size());
  return slot.pointer();
}

ir::Pointer<const abi::Decimal> as_decimal_ref(Emitter& e, const SqlValue& v) {
  ir::Slot<abi::Decimal> slot = e.slot<abi::Decimal>("decimal");
  e.set(slot, v.decimal());
  return slot.pointer();
}

llvm::Value* as_operand(Emitter& e, const SqlValue& v) {
  if (v.type.is(TypeKind::Decimal)) return as_decimal_ref(e, v).raw;
  if (!v.is_bytes()) return v.raw;
  SqlValue present = v;
  present.null = {};
  return as_string_ref(e, present).raw;
}

SqlValue from_string_ref(Emitter& e, const SqlType& type, ir::Pointer<const abi::StringRef> p, Bool null) {
  ir::Bytes data = e.load<&abi::StringRef::data>(p);
  ir::Int size = e.load<&abi::StringRef::size>(p);
  if (!null) return SqlValue::of(type, data, size);
  // What a NULL string points at must be safe to read: hashing and comparing do not look at the flag first.
  SqlValue zero = zero_of(e, type);
  return SqlValue::of(type, e.select(null, zero.text(), data), e.select(null, zero.size(), size), null);
}

}  // namespace millrace::sql
