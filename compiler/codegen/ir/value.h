#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "runtime/abi/decimal.h"

namespace llvm {
class Value;
class BasicBlock;
}  // namespace llvm

namespace millrace::ir {

/// A value of generated code. T is the C++ type that it has at run time, so that passing the wrong one to a runtime function
/// does not compile. As cheap to copy as a pointer; lives as long as the function that is being generated.
template <class T>
struct Value {
  llvm::Value* raw = nullptr;

  Value() = default;
  explicit Value(llvm::Value* v) : raw(v) {}
  /// T* is passed where const T* or void* is expected.
  template <class U>
    requires(std::is_pointer_v<U> && std::is_pointer_v<T> && !std::same_as<T, U> && std::is_convertible_v<U, T>)
  Value(Value<U> other) : raw(other.raw) {}  // NOLINT: the conversion that the pointers have

  explicit operator bool() const { return raw != nullptr; }
};

using Bool = Value<bool>;
using Int = Value<int64_t>;
using Int32 = Value<int32_t>;
using Word = Value<uint64_t>;
using Real = Value<double>;
using Wide = Value<abi::Decimal>;  ///< an i128 in registers
template <class T>
using Pointer = Value<T*>;
using Bytes = Value<const char*>;

/// A place in the function to which control can jump.
struct Label {
  llvm::BasicBlock* block = nullptr;
};

/// A variable of the generated function: a stack slot, which the optimiser turns into a register.
template <class T>
struct Slot {
  llvm::Value* address = nullptr;
  Pointer<T> pointer() const { return Pointer<T>(address); }
};

}  // namespace millrace::ir
