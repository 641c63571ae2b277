#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "compiler/functions/native_function.h"
#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/context.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/sql_values.h"
#include "runtime/abi/state_spec.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/aggregates/kept_string.h"

/// Registry rows whose SQL signature is deduced from the C++ prototype: `scalar<&mr_upper>("upper", "upper('a') -> A")`.
namespace millrace {

/// How many arguments a function takes at most that takes any number.
inline constexpr size_t kAnyCount = SIZE_MAX;

namespace native {

/// The SQL type that a C++ parameter or result type stands for; TypeKind::Null when it stands for none.
template <class T>
consteval TypeKind sql_kind() {
  using V = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<V, bool>) return TypeKind::Boolean;
  else if constexpr (std::is_same_v<V, double>) return TypeKind::Double;
  else if constexpr (std::is_same_v<V, int64_t>) return TypeKind::BigInt;
  else if constexpr (std::is_same_v<V, abi::SqlInt>) return TypeKind::Int;
  else if constexpr (std::is_same_v<V, abi::SqlDate>) return TypeKind::Date;
  else if constexpr (std::is_same_v<V, abi::SqlTimestamp>) return TypeKind::Timestamp;
  else if constexpr (std::is_same_v<V, abi::SqlMicros>) return TypeKind::IntervalDayTime;
  else if constexpr (std::is_same_v<V, abi::SqlMonths>) return TypeKind::IntervalYearMonth;
  else if constexpr (std::is_same_v<V, abi::StringRef>) return TypeKind::String;
  else if constexpr (std::is_same_v<V, abi::Decimal>) return TypeKind::Decimal;
  else return TypeKind::Null;
}

/// An argument of a SQL function: values as such, strings as `const StringRef*`.
template <class T>
consteval TypeKind argument_kind() {
  if constexpr (std::is_same_v<T, const abi::StringRef*>) return TypeKind::String;
  else if constexpr (std::is_same_v<T, const abi::Decimal*>) return TypeKind::Decimal;
  else if constexpr (std::is_pointer_v<T>) return TypeKind::Null;
  else return sql_kind<T>();
}

/// What the prototype of a scalar function says.
struct ScalarShape {
  std::span<const TypeKind> arguments;  ///< TypeKind::Null is never among them
  TypeKind result = TypeKind::Null;
  ResultForm form = ResultForm::Value;
  bool takes_context = false;
};

template <class T>
inline constexpr bool kIsOut = std::is_pointer_v<T> && !std::is_const_v<std::remove_pointer_t<T>> &&
                               sql_kind<std::remove_pointer_t<T>>() != TypeKind::Null;

template <class F>
struct ScalarType;

template <class R, class... P>
struct ScalarType<R (*)(P...) noexcept> {
  using List = std::tuple<P...>;
  static constexpr size_t kCount = sizeof...(P);
  template <size_t I>
  using At = std::tuple_element_t<I, List>;

  static consteval bool takes_context() {
    if constexpr (kCount == 0) return false;
    else return std::is_same_v<At<0>, abi::PipelineContext*>;
  }
  static consteval bool has_out() {
    if constexpr (kCount == 0 || !(std::is_void_v<R> || std::is_same_v<R, bool>)) return false;
    else return kIsOut<At<kCount - 1>>;
  }
  static_assert(!std::is_void_v<R> || has_out(), "a function without a result");

  static constexpr size_t kFirst = takes_context() ? 1 : 0;
  static constexpr size_t kLast = has_out() ? kCount - 1 : kCount;

  template <size_t... I>
  static constexpr std::array<TypeKind, sizeof...(I)> kinds(std::index_sequence<I...>) {
    return {argument_kind<At<kFirst + I>>()...};
  }
  static constexpr std::array<TypeKind, kLast - kFirst> kArguments = kinds(std::make_index_sequence<kLast - kFirst>());

  static consteval bool arguments_are_sql() {
    for (TypeKind kind : kArguments) {
      if (kind == TypeKind::Null) return false;
    }
    return true;
  }
  static_assert(arguments_are_sql(), "a parameter that is no SQL value");

  static consteval TypeKind result_kind() {
    if constexpr (has_out()) return sql_kind<std::remove_pointer_t<At<kCount - 1>>>();
    else return sql_kind<R>();
  }
  static consteval ResultForm form() {
    if constexpr (!has_out()) return ResultForm::Value;
    else return std::is_void_v<R> ? ResultForm::Out : ResultForm::Nullable;
  }
  static constexpr ScalarShape shape() { return {kArguments, result_kind(), form(), takes_context()}; }
};

/// What the prototypes of an aggregate say.
struct AggregateShape {
  std::span<const TypeKind> arguments;
  TypeKind result = TypeKind::Null;
  ResultForm form = ResultForm::Value;
  uint32_t state_size = 0;
  bool takes_table = false;
  bool takes_sequence = false;
  std::optional<abi::OwnedField> memory{};
};

/// Where a state keeps a string: it is one, or has one in front.
template <class S>
constexpr std::optional<abi::OwnedField> kept_string_of() {
  if constexpr (std::is_same_v<S, abi::KeptString>) {
    return abi::OwnedField{0, abi::OwnedKind::KeptString};
  } else if constexpr (requires(S s) { requires std::is_same_v<decltype(s.value), abi::KeptString>; }) {
    return abi::OwnedField{static_cast<uint32_t>(offsetof(S, value)), abi::OwnedKind::KeptString};
  } else {
    return std::nullopt;
  }
}

template <class R>
struct FinishType;
template <class R, class S>
struct FinishType<R (*)(const S*) noexcept> {
  using State = S;
  static constexpr TypeKind kResult = sql_kind<R>();
  static constexpr ResultForm kForm = ResultForm::Value;
};
template <class R, class S, class T>
struct FinishType<R (*)(const S*, T*) noexcept> {
  using State = S;
  static constexpr TypeKind kResult = sql_kind<T>();
  static constexpr ResultForm kForm = std::is_void_v<R> ? ResultForm::Out : ResultForm::Nullable;
};

template <class S, class F>
struct AddType;
template <class S, class... P>
struct AddType<S, void (*)(P...) noexcept> {
  using List = std::tuple<P...>;
  static constexpr size_t kCount = sizeof...(P);
  template <size_t I>
  using At = std::tuple_element_t<I, List>;

  static constexpr bool kTable = std::is_same_v<At<0>, abi::GroupTable*>;
  static constexpr bool kSequence = std::is_same_v<At<kCount - 1>, abi::Sequence>;
  static constexpr size_t kState = kTable ? 1 : 0;
  static_assert(std::is_same_v<At<kState>, S*>, "add works on another state than the result function");
  static constexpr size_t kArguments = kCount - kState - 1 - (kSequence ? 1 : 0);

  template <size_t... I>
  static constexpr std::array<TypeKind, sizeof...(I)> kinds(std::index_sequence<I...>) {
    return {argument_kind<At<kState + 1 + I>>()...};
  }
  static constexpr std::array<TypeKind, kArguments> kKinds = kinds(std::make_index_sequence<kArguments>());
};

template <class S, class F>
struct MergeType;
template <class S>
struct MergeType<S, void (*)(S*, const S*) noexcept> {
  static constexpr bool kTable = false;
};
template <class S>
struct MergeType<S, void (*)(abi::GroupTable*, S*, const S*) noexcept> {
  static constexpr bool kTable = true;
};

}  // namespace native

/// A row of the scalar registry and what a prototype cannot say, in a fluent form.
struct ScalarRow : ScalarFunction {
  /// Argument `i` has this type (TINYINT, BINARY, … share the machine form of what the prototype says).
  ScalarRow&& takes(size_t i, SqlType type) &&;
  ScalarRow&& integral(size_t i) &&;  ///< argument `i` may be any integer kind, DATE or TIMESTAMP
  ScalarRow&& floating(size_t i) &&;  ///< argument `i` may be FLOAT or DOUBLE, unchanged
  ScalarRow&& returns(SqlType type) &&;
  ScalarRow&& returns_first() &&;     ///< the result has the type of the first argument
  ScalarRow&& variadic() &&;          ///< the last STRING and BIGINT of the prototype are a tail of strings and its length
  ScalarRow&& changes() &&;           ///< not deterministic
};

struct AggregateRow : AggregateFunction {
  AggregateRow&& takes(size_t i, TypeKind kind) &&;
  AggregateRow&& integral(size_t i) &&;
  AggregateRow&& of_kind(size_t i, TypeKind kind) &&;  ///< argument `i` may be any type of this kind, unchanged
  AggregateRow&& returns_by(SqlType (*rule)(const SqlType& first)) &&;
  AggregateRow&& floating(size_t i) &&;
  AggregateRow&& anything(size_t count) &&;  ///< `count` further arguments of any type, only looked at for NULL
  AggregateRow&& returns(TypeKind kind) &&;
  AggregateRow&& returns_first() &&;
};

ScalarRow make_scalar(std::string_view name, std::string_view example, const native::ScalarShape& shape, NativeFunction function);
AggregateRow make_aggregate(std::string_view name, std::string_view example, const native::AggregateShape& shape,
                            NativeFunction add, NativeFunction merge, NativeFunction finish);

/// One overload of a scalar function; `example` is `expression -> printed result`.
template <auto Fn>
ScalarRow scalar(std::string_view name, std::string_view example) {
  return make_scalar(name, example, native::ScalarType<decltype(Fn)>::shape(), native_function<Fn>());
}

/// One overload of a function of any types: takes `arguments_min` to `arguments_max` arguments whose types `rule` knows; `usage` says so.
template <auto Fn>
ScalarFunction packed(std::string_view name, std::string_view usage, TypeRule rule, size_t arguments_min, size_t arguments_max,
                      std::string_view example) {
  static_assert(std::is_same_v<decltype(Fn), abi::PackedFunction*>, "a packed function has abi::PackedFunction's prototype");
  ScalarFunction row;
  row.name = name;
  row.form = ResultForm::Nullable;
  row.takes_context = true;
  row.native = native_function<Fn>();
  row.example = example;
  row.rule = rule;
  row.arguments_min = arguments_min;
  row.arguments_max = arguments_max;
  row.usage = usage;
  return row;
}

/// One overload of an aggregate. The three functions must agree on the state, which is all zero to begin with.
template <auto Add, auto Merge, auto Finish>
AggregateRow aggregate(std::string_view name, std::string_view example) {
  using Last = native::FinishType<decltype(Finish)>;
  using State = typename Last::State;
  using First = native::AddType<State, decltype(Add)>;
  using Middle = native::MergeType<State, decltype(Merge)>;
  static_assert(First::kTable == Middle::kTable, "add and merge must both take the table, or neither");
  static_assert(std::is_trivially_copyable_v<State> && alignof(State) <= 8, "a state is plain, 8-aligned bytes");
  const native::AggregateShape shape{.arguments = First::kKinds,
                                     .result = Last::kResult,
                                     .form = Last::kForm,
                                     .state_size = (sizeof(State) + 7) / 8 * 8,
                                     .takes_table = First::kTable,
                                     .takes_sequence = First::kSequence,
                                     .memory = native::kept_string_of<State>()};
  return make_aggregate(name, example, shape, native_function<Add>(), native_function<Merge>(), native_function<Finish>());
}

}  // namespace millrace
