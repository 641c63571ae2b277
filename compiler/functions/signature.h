#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/types/sql_type.h"
#include "runtime/abi/state_spec.h"

namespace millrace {

/// What crosses the border between generated code and C++: nothing wider.
enum class MachineType : uint8_t { Void, Bool, Int32, Int64, Double, Pointer };

/// A C++ function that generated code may call; deduced from its pointer by native_function<&fn>() (native_function.h),
/// so that its prototype is the only declaration.
struct NativeFunction {
  std::string_view symbol;  ///< C name: also the name of its body in the hot bitcode, if it has one there
  void* address = nullptr;
  MachineType result = MachineType::Void;
  std::vector<MachineType> parameters;
};

/// Which arguments an overload takes at one position.
struct Parameter {
  enum class Match : uint8_t {
    Type,      ///< the type, after implicit casts
    Integral,  ///< any type whose machine form is int64_t: the integer kinds, DATE, TIMESTAMP; unchanged
    Floating,  ///< FLOAT or DOUBLE, unchanged
    Kind,      ///< any type of `type`'s kind, unchanged: a DECIMAL of any precision, an INTERVAL of any fields
    Anything,  ///< any type; only whether it is NULL reaches the function (count)
  };
  Match match = Match::Type;
  SqlType type;  ///< of Match::Type and Kind
};

/// How a native scalar function gives its result. All take their SQL arguments in order (int64_t, double, bool by value, strings as
/// `const StringRef*`), after a leading `PipelineContext*` when takes_context.
enum class ResultForm : uint8_t {
  Value,     ///< returns it: `double mr_sqrt(double)`
  Out,       ///< `void mr_upper(PipelineContext*, const StringRef*, StringRef* out)`
  Nullable,  ///< `bool mr_f(…, T* out)`: false means NULL
};

/// What the arguments of a call are cast to, and the type of its result.
struct CallTypes {
  std::vector<SqlType> arguments;
  SqlType result;
};
/// The types of a call whose result's type follows from its arguments' (array_append, map_keys); nullopt when they do not fit. Of the types
/// that it gives for the arguments it gives the same result again.
using TypeRule = std::optional<CallTypes> (*)(const std::vector<SqlType>& arguments);

/// One overload of a scalar function. NULL in, NULL out: when an argument is NULL the function is not called, or called with 0, false or ''
/// in its place and its answer ignored; so every function must return whatever it is given. A variadic tail gets NULL strings as
/// data == nullptr.
struct ScalarFunction {
  std::string_view name;  ///< lower-case SQL name
  std::vector<Parameter> parameters;
  bool variadic_strings = false;  ///< after `parameters`, any number of STRINGs passed as `const StringRef* tail, int64_t count`
  SqlType result;
  bool result_is_first_argument = false;  ///< the result has the type of the first argument (abs of INT is INT)
  ResultForm form = ResultForm::Value;
  bool takes_context = false;
  bool deterministic = true;  ///< false: not folded (rand, current_timestamp)
  NativeFunction native;
  std::string_view example;  ///< `upper('a') -> A`: printed by `millrace functions`, and run by its test
  /// Functions of any types: in place of `parameters` and `result`. They are called with packed arguments, NULLs among them
  /// (abi::PackedFunction), and give NULL or an item.
  TypeRule rule = nullptr;
  size_t arguments_min = 0, arguments_max = 0;
  std::string_view usage{};  ///< `(ARRAY<T>, T) -> BOOLEAN`
};

/// One overload of an aggregate. Its state is `state_size` bytes, 8-aligned, initially all zero. NULL arguments are never added.
///   void add([GroupTable* table,] S* state, args… [, Sequence row])    merge([GroupTable*,] S* into, const S* from)
///   R result(const S*)   or   bool result(const S*, T* out): false means NULL   or  void result(const S*, StringRef* out)
/// GroupTable* is there when the state keeps strings; Sequence (order of arrival of the row) for first and last.
struct AggregateFunction {
  std::string_view name;
  std::vector<Parameter> parameters;
  SqlType result;
  bool result_is_first_argument = false;
  ResultForm form = ResultForm::Value;
  uint32_t state_size = 0;
  bool takes_table = false;
  bool takes_sequence = false;
  NativeFunction add, merge, finish;
  std::string_view example;
  /// Aggregates of any type: in place of `parameters` and `result`. Their values are added as `const NestedItem*`, the result is
  /// `bool result(PipelineContext*, const S*, NestedItem* out)`.
  TypeRule rule = nullptr;
  size_t arguments_min = 0, arguments_max = 0;
  std::string_view usage{};
  /// Where its state keeps what lies outside of it, for checkpoints; nothing although it takes the table: none can be made of it.
  std::optional<abi::OwnedField> memory{};
  SqlType (*result_of)(const SqlType& first) = nullptr;  ///< the result's type, where it follows from the first argument's
  bool distinct = false;  ///< each value counts once, also without DISTINCT
};

}  // namespace millrace
