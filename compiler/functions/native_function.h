#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "compiler/functions/signature.h"

/// A C++ function's prototype is the only declaration that generated code needs: name, parameters and result are deduced from its pointer.
namespace millrace {

namespace native {

template <class T>
inline constexpr bool kAlwaysFalse = false;

/// The machine type of a parameter or result. Structs by value, narrow and unsigned 32-bit integers and floats are refused: that
/// is where calling conventions differ.
template <class T>
consteval MachineType machine_type() {
  if constexpr (std::is_void_v<T>) {
    return MachineType::Void;
  } else if constexpr (std::is_same_v<T, bool>) {
    return MachineType::Bool;
  } else if constexpr (std::is_same_v<T, int32_t>) {
    return MachineType::Int32;
  } else if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, uint64_t>) {
    return MachineType::Int64;
  } else if constexpr (std::is_enum_v<T>) {
    static_assert(std::is_same_v<std::underlying_type_t<T>, int64_t>, "only enumerations over int64_t cross to generated code");
    return MachineType::Int64;
  } else if constexpr (std::is_same_v<T, double>) {
    return MachineType::Double;
  } else if constexpr (std::is_pointer_v<T>) {
    return MachineType::Pointer;
  } else {
    static_assert(kAlwaysFalse<T>, "only bool, int32_t, 64-bit integers, double and pointers cross to generated code");
  }
}

constexpr bool is_identifier_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// The last identifier of the compiler's own spelling of the template argument, such as `mr_upper` of
/// `… [with auto Fn = millrace::abi::mr_upper; …]` (GCC) or `… [Fn = &millrace::abi::mr_upper]` (clang).
template <auto Fn>
consteval std::string_view symbol_name() {
  constexpr std::string_view text = __PRETTY_FUNCTION__;
  constexpr std::string_view marker = "Fn = ";
  size_t begin = text.find(marker) + marker.size();
  size_t end = begin;
  while (end < text.size() && text[end] != ';' && text[end] != ']') ++end;
  while (end > begin && !is_identifier_char(text[end - 1])) --end;
  begin = end;
  while (begin > 0 && is_identifier_char(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

extern "C" void mr_spelling_probe();
static_assert(symbol_name<&mr_spelling_probe>() == "mr_spelling_probe", "this compiler spells template arguments in another way");

template <class F>
struct FunctionType;

template <class R, class... P>
struct FunctionType<R (*)(P...) noexcept> {
  static constexpr MachineType kResult = machine_type<R>();
  static std::vector<MachineType> parameters() { return {machine_type<P>()...}; }
};

template <class R, class... P>
struct FunctionType<R (*)(P...)> {
  static_assert(kAlwaysFalse<R>, "a function that generated code calls must be noexcept");
};

}  // namespace native

/// The description of `Fn`, a pointer to a noexcept function with C linkage.
template <auto Fn>
NativeFunction native_function() {
  using Type = native::FunctionType<decltype(Fn)>;
  return {native::symbol_name<Fn>(), reinterpret_cast<void*>(Fn), Type::kResult, Type::parameters()};
}

}  // namespace millrace
