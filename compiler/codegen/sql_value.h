#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/ir/emitter.h"
#include "compiler/types/sql_type.h"
#include "runtime/abi/string_ref.h"

namespace millrace {

/// A SQL value in generated code: its machine value and, if it may be NULL, a flag. A value that cannot be NULL has no flag and
/// so costs nothing. All three-valued logic goes through this layer. When the flag is set the machine value is anything
/// (but safe to compute with).
class SqlValue {
 public:
  /// The text in a json record that a field's value was read from, with its quotes, where that is what the value is written as.
  struct Token {
    ir::Bytes data;  ///< abi::kBytesReadableBehind bytes behind it are readable
    ir::Int size;
    ir::Bool known;                  ///< whether it is such a text
    llvm::Value* of = nullptr;       ///< the value's machine value: another one has another text
    llvm::Value* of_length = nullptr;
  };

  SqlType type;
  llvm::Value* raw = nullptr;        ///< i64, i128 of DECIMAL, double, i1, a string's bytes or an ARRAY's or MAP's run; nullptr for STRUCT
  llvm::Value* length = nullptr;     ///< of strings and runs, in bytes
  ir::Bool null;                     ///< empty: never NULL
  std::vector<SqlValue> fields;      ///< of a STRUCT
  Token token;                       ///< mostly empty

  /// Whether the value may have a token, which is then its own: what was made of a copy of it has other machine values.
  bool has_token() const { return token.of != nullptr && token.of == raw && token.of_length == length; }
  void set_token(ir::Bytes data, ir::Int size, ir::Bool known) { token = {data, size, known, raw, length}; }

  bool may_be_null() const { return static_cast<bool>(null); }
  bool is_bytes() const { return type.is_bytes(); }
  ir::Int integer() const { return ir::Int(raw); }
  ir::Real real() const { return ir::Real(raw); }
  ir::Wide decimal() const { return ir::Wide(raw); }
  ir::Bool boolean() const { return ir::Bool(raw); }
  ir::Bytes text() const { return ir::Bytes(raw); }
  ir::Int size() const { return ir::Int(length); }

  static SqlValue of(SqlType type, ir::Int v, ir::Bool null = {}) { return scalar(std::move(type), v.raw, nullptr, null); }
  static SqlValue of(SqlType type, ir::Real v, ir::Bool null = {}) { return scalar(std::move(type), v.raw, nullptr, null); }
  static SqlValue of(SqlType type, ir::Wide v, ir::Bool null = {}) { return scalar(std::move(type), v.raw, nullptr, null); }
  static SqlValue of(ir::Bool v, ir::Bool null = {}) { return scalar(TypeKind::Boolean, v.raw, nullptr, null); }
  static SqlValue of(SqlType type, ir::Bytes p, ir::Int n, ir::Bool null = {}) {
    return scalar(std::move(type), p.raw, n.raw, null);
  }
  static SqlValue of_fields(SqlType type, std::vector<SqlValue> fields, ir::Bool null = {}) {
    SqlValue v = scalar(std::move(type), nullptr, nullptr, null);
    v.fields = std::move(fields);
    return v;
  }

 private:
  static SqlValue scalar(SqlType type, llvm::Value* raw, llvm::Value* length, ir::Bool null) {
    SqlValue v;
    v.type = std::move(type);
    v.raw = raw;
    v.length = length;
    v.null = null;
    return v;
  }
};

namespace sql {

using ir::Bool;
using ir::Emitter;

/// NULL of a type.
SqlValue null_of(Emitter& e, const SqlType& type);
/// A value that is neither NULL nor anything: what the machine part of a NULL is.
SqlValue zero_of(Emitter& e, const SqlType& type);

/// Whether v is NULL, as a plain flag.
Bool is_null(Emitter& e, const SqlValue& v);
/// The value is FLOAT or DOUBLE.
Bool is_null_or_nan(Emitter& e, const SqlValue& v);
/// NULL if either is: the flag of a strict operation's result; empty when neither may be NULL.
Bool either_null(Emitter& e, Bool a, Bool b);
/// v, and NULL as well where `also` holds (may be empty).
SqlValue with_null(Emitter& e, SqlValue v, Bool also);
/// Whether a condition is TRUE (not FALSE, not NULL).
Bool is_true(Emitter& e, const SqlValue& v);
Bool is_false(Emitter& e, const SqlValue& v);

/// Joins the values of two branches of control. `yes` and `no` are emitted each in its own branch and must have one type.
template <class F, class G>
SqlValue choose(Emitter& e, Bool condition, F yes, G no);

/// Equality of two non-NULL values of one type: NaN equals NaN, structs field by field (their NULLs equal).
Bool equal(Emitter& e, const SqlValue& a, const SqlValue& b);
/// a < b of two non-NULL scalars of one type: NaN is largest, strings bytewise, FALSE before TRUE.
Bool less(Emitter& e, const SqlValue& a, const SqlValue& b);
/// NULL equals NULL and nothing else.
Bool equal_or_both_null(Emitter& e, const SqlValue& a, const SqlValue& b);

/// Folds the value into a hash; NULL has a hash of its own.
ir::Word hash(Emitter& e, ir::Word seed, const SqlValue& v);

/// A StringRef on the stack that holds a string value; data is nullptr when `v` is NULL.
ir::Pointer<abi::StringRef> as_string_ref(Emitter& e, const SqlValue& v);
/// A Decimal on the stack that holds a DECIMAL value.
ir::Pointer<const abi::Decimal> as_decimal_ref(Emitter& e, const SqlValue& v);
/// A present value as an argument of a native function: as itself, strings, runs and DECIMALs by address.
llvm::Value* as_operand(Emitter& e, const SqlValue& v);
SqlValue from_string_ref(Emitter& e, const SqlType& type, ir::Pointer<const abi::StringRef> p, Bool null = {});

namespace detail {
struct BranchEnd {
  SqlValue value;
  llvm::BasicBlock* block = nullptr;
};
SqlValue merge(Emitter& e, const BranchEnd& a, const BranchEnd& b);
}  // namespace detail

template <class F, class G>
SqlValue choose(Emitter& e, Bool condition, F yes, G no) {
  detail::BranchEnd a, b;
  ir::Label yes_label = e.new_label("choose.yes"), no_label = e.new_label("choose.no"), end = e.new_label("choose.end");
  e.branch(condition, yes_label, no_label);
  e.in_scope(yes_label, [&] {
    a.value = yes();
    a.block = e.builder().GetInsertBlock();
    e.jump(end);
  });
  e.in_scope(no_label, [&] {
    b.value = no();
    b.block = e.builder().GetInsertBlock();
    e.jump(end);
  });
  e.place(end);
  return detail::merge(e, a, b);
}

}  // namespace sql
}  // namespace millrace
