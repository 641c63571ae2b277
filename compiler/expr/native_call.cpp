#include "compiler/expr/native_call.h"

#include <array>
#include <list>

#include "runtime/abi/string_ref.h"

namespace millrace::expr {

namespace {

// The calling conventions of x86-64 and AArch64 pass integers and pointers in one file of registers and doubles in
// another, each in order; so a call with all of them loaded fits every prototype of at most this many of each.
constexpr size_t kIntegersMax = 6;
constexpr size_t kDoublesMax = 8;

struct Registers {
  std::array<int64_t, kIntegersMax> integers{};
  std::array<double, kDoublesMax> doubles{};
  size_t integer_count = 0;
  size_t double_count = 0;
  bool overflowed = false;

  void add_integer(int64_t value) {
    if (integer_count == kIntegersMax) {
      overflowed = true;
      return;
    }
    integers[integer_count++] = value;
  }
  void add_pointer(const void* pointer) { add_integer(static_cast<int64_t>(reinterpret_cast<intptr_t>(pointer))); }
  void add_double(double value) {
    if (double_count == kDoublesMax) {
      overflowed = true;
      return;
    }
    doubles[double_count++] = value;
  }
};

// The prototype differs from the callee's on purpose, see above.
#if defined(__clang__)
#define MILLRACE_ANY_PROTOTYPE __attribute__((no_sanitize("function")))
#else
#define MILLRACE_ANY_PROTOTYPE
#endif
template <class R>
MILLRACE_ANY_PROTOTYPE R invoke(void* address, const Registers& r) {
  using Fn = R (*)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, double, double, double, double, double, double, double,
                   double);
  const auto& i = r.integers;
  const auto& d = r.doubles;
  return reinterpret_cast<Fn>(address)(i[0], i[1], i[2], i[3], i[4], i[5], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
}
#undef MILLRACE_ANY_PROTOTYPE

/// Room for any result that is given through a pointer.
struct OutSlot {
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  abi::StringRef string;
  abi::Decimal decimal;

  void* address(const SqlType& type) {
    if (type.is(TypeKind::Decimal)) return &decimal;
    if (type.is(TypeKind::Boolean)) return &boolean;
    if (type.is_floating()) return &number;
    if (type.is(TypeKind::String) || type.is(TypeKind::Binary)) return &string;
    return &integer;
  }
  Value value(const SqlType& type) const {
    if (type.is(TypeKind::Decimal)) return {decimal};
    if (type.is(TypeKind::Boolean)) return {boolean};
    if (type.is_floating()) return {number};
    if (!type.is(TypeKind::String) && !type.is(TypeKind::Binary)) return {integer};
    if (string.data == nullptr) return {};
    return {std::string(string.data, static_cast<size_t>(string.size))};
  }
};

abi::StringRef reference(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data);
  if (!text) return {};
  return {text->data(), static_cast<int64_t>(text->size())};
}

Value value_result(const NativeFunction& native, const Registers& registers, bool& known) {
  switch (native.result) {
    case MachineType::Bool: return {invoke<bool>(native.address, registers)};
    case MachineType::Int32: return {static_cast<int64_t>(invoke<int32_t>(native.address, registers))};
    case MachineType::Int64: return {invoke<int64_t>(native.address, registers)};
    case MachineType::Double: return {invoke<double>(native.address, registers)};
    case MachineType::Void:
    case MachineType::Pointer: break;
  }
  known = false;
  return {};
}

bool load(const Value& value, Registers& registers, std::list<abi::StringRef>& strings) {
  if (const auto* b = std::get_if<bool>(&value.data)) {
    registers.add_integer(*b ? 1 : 0);
  } else if (const auto* i = std::get_if<int64_t>(&value.data)) {
    registers.add_integer(*i);
  } else if (const auto* d = std::get_if<double>(&value.data)) {
    registers.add_double(*d);
  } else if (std::holds_alternative<std::string>(value.data)) {
    registers.add_pointer(&strings.emplace_back(reference(value)));
  } else if (const auto* decimal = std::get_if<abi::Decimal>(&value.data)) {
    registers.add_pointer(decimal);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Value> call_native(const NativeCall& call, std::span<const Value> arguments, const SqlType& result,
                                 abi::PipelineContext* context) {
  if (result.is_nested() || call.native->address == nullptr) return std::nullopt;
  const size_t fixed = std::min(call.variadic_from, arguments.size());
  for (const Value& argument : arguments.first(fixed)) {
    if (argument.is_null()) return Value{};
  }
  if (call.takes_context && !context) return std::nullopt;
  Registers registers;
  std::list<abi::StringRef> strings;  // addresses stay put
  if (call.takes_context) registers.add_pointer(context);
  for (const Value& argument : arguments.first(fixed)) {
    if (!load(argument, registers, strings)) return std::nullopt;
  }
  std::vector<abi::StringRef> tail;
  if (call.variadic_from != SIZE_MAX) {
    for (const Value& argument : arguments.subspan(fixed)) tail.push_back(reference(argument));
    registers.add_pointer(tail.data());
    registers.add_integer(static_cast<int64_t>(tail.size()));
  }
  OutSlot out;
  if (call.form != ResultForm::Value) registers.add_pointer(out.address(result));
  if (registers.overflowed) return std::nullopt;
  if (call.form == ResultForm::Value) {
    bool known = true;
    Value value = value_result(*call.native, registers, known);
    if (!known) return std::nullopt;
    return value;
  }
  if (call.form == ResultForm::Nullable) {
    if (!invoke<bool>(call.native->address, registers)) return Value{};
    return out.value(result);
  }
  invoke<void>(call.native->address, registers);
  return out.value(result);
}

}  // namespace millrace::expr
