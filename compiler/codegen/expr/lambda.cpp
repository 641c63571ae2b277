#include "compiler/base/sql_error.h"
#include "compiler/codegen/expr/expr_compiler.h"
#include "compiler/codegen/nested_access.h"
#include "compiler/expr/expr_rewrite.h"
#include "runtime/abi/calls/arrays.h"
#include "runtime/hot/nested.h"

namespace millrace {

using expr::LambdaForm;
using ir::Bool;
using ir::Int;
using ir::Pointer;

/// The loop over the elements that a lambda is called with; its body is compiled into it.
class ElementsLoop {
 public:
  ElementsLoop(ExprCompiler& compiler, const expr::OverElements& node, SqlType type)
      : compiler_(compiler), e(compiler.e), node_(node), type_(std::move(type)) {}

  SqlValue emit() {
    read_operands();
    switch (node_.form) {
      case LambdaForm::Exists:
      case LambdaForm::ForAll: return decide();
      case LambdaForm::Fold: return fold();
      case LambdaForm::Transform:
      case LambdaForm::ZipWith:
      case LambdaForm::Filter: break;
    }
    return collect();
  }

 private:
  /// What the body reads of the row is computed once, in front of the loop.
  void read_operands() {
    std::vector<bool> used;
    expr::collect_columns(*node_.body, used);
    for (uint32_t i = 0; i < used.size(); ++i) {
      if (used[i]) compiler_.row_.column(i);
    }
    const size_t arrays = node_.form == LambdaForm::ZipWith ? 2 : 1;
    for (size_t i = 0; i < arrays; ++i) {
      arrays_.push_back(compiler_.compile(*node_.operands[i]));
      null_ = sql::either_null(e, null_, arrays_.back().null);
    }
    count_ = e.int_(0);
    for (const SqlValue& array : arrays_) {
      const Int own = e.call<&abi::mr_nested_count>(array.text());
      count_ = e.select(e.lt(count_, own), own, count_);
    }
    if (null_) count_ = e.select(null_, e.int_(0), count_);
  }

  SqlValue element(size_t array, Int i) {
    return sql::load_element(e, arrays_[array].type.fields.front().type, arrays_[array].text(), i);
  }

  /// The body, called with these. A lambda that was put into the body of another, with a column's definition, may number its parameters alike.
  SqlValue call(const std::vector<SqlValue>& arguments) {
    const std::map<uint32_t, SqlValue> outer = compiler_.parameters_;
    for (size_t i = 0; i < node_.parameters.size(); ++i) compiler_.parameters_[node_.parameters[i].id] = arguments[i];
    SqlValue made = compiler_.compile(*node_.body);
    compiler_.parameters_ = outer;
    return made;
  }

  SqlValue call_at(Int i) {
    const bool zips = node_.form == LambdaForm::ZipWith;
    return call({element(0, i), zips ? element(1, i) : SqlValue::of(SqlType(TypeKind::Int), i)});
  }

  void add(Pointer<abi::ItemList> list, const SqlValue& v) {
    e.call<&abi::mr_list_add>(list, sql::items_of(e, compiler_.context_, {v}, true));
  }

  SqlValue collect() {
    Pointer<abi::ItemList> list = e.call<&abi::mr_list_begin>(compiler_.context_);
    e.for_range(e.int_(0), count_, [&](Int i) {
      const SqlValue made = call_at(i);
      if (node_.form == LambdaForm::Filter) e.if_(sql::is_true(e, made), [&] { add(list, element(0, i)); });
      else add(list, made);
    });
    auto out = e.slot<abi::StringRef>("array");
    const Bool fits = e.call<&abi::mr_list_finish>(list, out.pointer());
    return sql::from_string_ref(e, type_, out.pointer(), sql::either_null(e, null_, e.not_(fits)));
  }

  /// OR (AND) of the bodies: one TRUE (FALSE) decides, else a NULL leaves it open.
  SqlValue decide() {
    const bool exists = node_.form == LambdaForm::Exists;
    auto decided = e.slot<bool>("decided");
    auto open = e.slot<bool>("open");
    e.set(decided, e.bool_(false));
    e.set(open, e.bool_(false));
    e.for_range(e.int_(0), count_, [&](Int i) {
      const SqlValue v = call_at(i);
      e.set(decided, e.or_(e.get(decided), exists ? sql::is_true(e, v) : sql::is_false(e, v)));
      if (v.may_be_null()) e.set(open, e.or_(e.get(open), v.null));
    });
    const Bool found = e.get(decided);
    const Bool unknown = e.and_(e.get(open), e.not_(found));
    return SqlValue::of(exists ? found : e.not_(found), sql::either_null(e, null_, unknown));
  }

  SqlValue fold() {
    auto so_far = e.slot<abi::NestedItem>("so_far");
    store(so_far.pointer(), compiler_.compile(*node_.operands[1]));
    e.for_range(e.int_(0), count_, [&](Int i) {
      const SqlValue value = sql::load_item(e, type_, so_far.pointer());
      store(so_far.pointer(), call({value, element(0, i)}));
    });
    return sql::with_null(e, sql::load_item(e, type_, so_far.pointer()), null_);
  }

  void store(Pointer<abi::NestedItem> to, const SqlValue& v) {
    Pointer<const abi::NestedItem> from = sql::items_of(e, compiler_.context_, {v});
    e.store<&abi::NestedItem::kind>(to, e.load<&abi::NestedItem::kind>(from));
    e.store<&abi::NestedItem::word>(to, e.load<&abi::NestedItem::word>(from));
    if (v.is_bytes() || v.type.is(TypeKind::Struct) || v.type.is(TypeKind::Decimal)) e.store<&abi::NestedItem::data>(to, e.load<&abi::NestedItem::data>(from));
  }

  ExprCompiler& compiler_;
  ir::Emitter& e;
  const expr::OverElements& node_;
  SqlType type_;
  std::vector<SqlValue> arrays_;
  Bool null_;  ///< empty: no array may be NULL
  Int count_;
};

SqlValue ExprCompiler::operator()(const expr::LambdaParameter& node) { return parameters_.at(node.id); }

SqlValue ExprCompiler::operator()(const expr::OuterColumn& node) {
  throw not_supported_yet(current_->span, "this use of column '" + node.name + "' of the query around the subquery");
}

SqlValue ExprCompiler::operator()(const expr::OverElements& node) { return ElementsLoop(*this, node, type()).emit(); }

}  // namespace millrace
