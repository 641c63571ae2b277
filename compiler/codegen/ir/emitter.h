#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <llvm/IR/DIBuilder.h>
#include <llvm/IR/IRBuilder.h>

#include "compiler/codegen/ir/value.h"
#include "compiler/codegen/query_module.h"
#include "compiler/functions/native_function.h"

namespace millrace::ir {

/// The machine type of a C++ type as LLVM sees it in registers.
template <class T>
llvm::Type* llvm_type(llvm::LLVMContext& c) {
  if constexpr (std::is_void_v<T>) return llvm::Type::getVoidTy(c);
  else if constexpr (std::is_same_v<T, bool>) return llvm::Type::getInt1Ty(c);
  else if constexpr (std::is_pointer_v<T>) return llvm::PointerType::getUnqual(c);
  else if constexpr (std::is_same_v<T, double>) return llvm::Type::getDoubleTy(c);
  else if constexpr (std::is_same_v<T, abi::Decimal>) return llvm::Type::getInt128Ty(c);
  else if constexpr (sizeof(T) == 8) return llvm::Type::getInt64Ty(c);
  else if constexpr (sizeof(T) == 4) return llvm::Type::getInt32Ty(c);
  else if constexpr (sizeof(T) == 2) return llvm::Type::getInt16Ty(c);
  else return llvm::Type::getInt8Ty(c);
}

template <class M>
struct MemberOf;
template <class S, class F>
struct MemberOf<F S::*> {
  using Struct = S;
  using Field = F;
};

/// Byte offset of a member; the structs of runtime/abi are standard layout.
template <auto Member>
uint64_t offset_of() {
  using S = typename MemberOf<decltype(Member)>::Struct;
  alignas(S) static char storage[sizeof(S)];
  return static_cast<uint64_t>(reinterpret_cast<char*>(&(reinterpret_cast<S*>(storage)->*Member)) - storage);
}

/// Writes the instructions of one function after another into a module. The only place, with sql_value and jit, that names LLVM.
/// Control flow takes lambdas, so that a block cannot be left open; every value has a machine type.
class Emitter {
 public:
  explicit Emitter(QueryModule& module);
  /// After the last function.
  void finish();

  // ---- functions ----
  /// Begins `void name(args…)`; returns the argument values.
  std::vector<llvm::Value*> begin_function(const std::string& name, const std::vector<llvm::Type*>& parameters);
  void end_function();

  // ---- steps, for those who watch the code run; see CodeProbes ----
  /// What is emitted while it lives belongs to a step of the function's entry; rows that come here are counted as that step's. Costs nothing without probes.
  class Step {
   public:
    Step(Emitter& emitter, size_t step) : emitter_(emitter), before_(emitter.builder_.getCurrentDebugLocation()) { emitter_.begin_step(step); }
    ~Step() { emitter_.builder_.SetCurrentDebugLocation(before_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Emitter& emitter_;
    llvm::DebugLoc before_;
  };

  // ---- constants ----
  Int int_(int64_t v);
  Word word(uint64_t v);
  Int32 int32(int32_t v);
  Bool bool_(bool v);
  Real real(double v);
  Wide wide(const abi::Decimal& v);
  template <class E>
    requires(std::is_enum_v<E> && sizeof(E) == 4)
  Value<E> constant(E v) { return Value<E>(int32(static_cast<int32_t>(v)).raw); }
  Bytes bytes(std::string_view text);  ///< a constant of the module
  template <class T>
  Pointer<T> null() { return Pointer<T>(null_pointer()); }

  // ---- arithmetic ----
  Int add(Int a, Int b);
  Int sub(Int a, Int b);
  Int mul(Int a, Int b);
  Int sdiv(Int a, Int b);  ///< b is not 0 and not -1 with a = INT64_MIN
  Int srem(Int a, Int b);
  Word band(Word a, Word b);
  Word bor(Word a, Word b);
  Word bxor(Word a, Word b);
  Word shift_right(Word a, unsigned bits);
  Int to_int(Word w) { return Int(w.raw); }
  Word to_word(Int i) { return Word(i.raw); }
  Bool eq(Int a, Int b);
  Bool ne(Int a, Int b);
  Bool lt(Int a, Int b);
  Bool le(Int a, Int b);
  Bool eq(Word a, Word b);
  Bool eq(Int32 a, Int32 b);
  Bool ne(Int32 a, Int32 b);
  Bool lt(Int32 a, Int32 b);
  Bool eq(Bool a, Bool b);
  template <class T>
  Bool is_null(Pointer<T> p) { return pointer_is_null(p.raw); }
  Bool and_(Bool a, Bool b);
  Bool or_(Bool a, Bool b);
  Bool not_(Bool a);
  template <class T>
  Value<T> select(Bool c, Value<T> a, Value<T> b) { return Value<T>(select_raw(c.raw, a.raw, b.raw)); }

  // ---- memory ----
  template <class T>
  Slot<T> slot(const char* name) { return {stack_slot(memory_type<T>(), name)}; }
  template <class T>
  Value<T> get(Slot<T> s) { return load_raw<T>(s.address); }
  template <class T>
  void set(Slot<T> s, Value<T> v) { store_raw(s.address, v); }
  template <auto Member>
  auto load(Pointer<typename MemberOf<decltype(Member)>::Struct> p) {
    return load_raw<typename MemberOf<decltype(Member)>::Field>(advance(p.raw, int_(offset_of<Member>()).raw));
  }
  template <auto Member>
  auto load(Pointer<const typename MemberOf<decltype(Member)>::Struct> p) {
    return load_raw<typename MemberOf<decltype(Member)>::Field>(advance(p.raw, int_(offset_of<Member>()).raw));
  }
  template <auto Member>
  void store(Pointer<typename MemberOf<decltype(Member)>::Struct> p, Value<typename MemberOf<decltype(Member)>::Field> v) {
    store_raw(advance(p.raw, int_(offset_of<Member>()).raw), v);
  }
  /// A value of type T at `base + offset` bytes.
  template <class T, class B>
  Value<T> load_at(Pointer<B> base, int64_t offset) { return load_raw<T>(advance(base.raw, int_(offset).raw)); }
  template <class T, class B>
  void store_at(Pointer<B> base, int64_t offset, Value<T> v) { store_raw(advance(base.raw, int_(offset).raw), v); }
  template <class T, class B>
  Pointer<T> at(Pointer<B> base, int64_t offset) { return Pointer<T>(advance(base.raw, int_(offset).raw)); }
  /// Element i of an array.
  template <class T>
  Value<std::remove_const_t<T>> element(Pointer<T> array, Int i) {
    return load_raw<std::remove_const_t<T>>(index(array.raw, memory_type<T>(), i.raw));
  }
  /// Address of the byte `offset` behind p.
  Bytes byte_at(Bytes p, Int offset) { return Bytes(advance(p.raw, offset.raw)); }
  /// Has the memory at p brought near, which will be written; p may be any address.
  template <class T>
  void ask_for(Pointer<T> p) { ask_for_memory(p.raw); }
  /// Where a word holds an address.
  template <class T>
  Pointer<T> to_pointer(Word address) { return Pointer<T>(builder_.CreateIntToPtr(address.raw, builder_.getPtrTy())); }
  Value<uint32_t> low_half(Int v) { return Value<uint32_t>(builder_.CreateTrunc(v.raw, builder_.getInt32Ty())); }
  Real as_real(Int bits) { return Real(builder_.CreateBitCast(bits.raw, builder_.getDoubleTy())); }
  Int widen(Bool v) { return Int(builder_.CreateZExt(v.raw, builder_.getInt64Ty())); }
  Word zero_extend(Value<uint32_t> v);
  Word zero_extend(Value<uint8_t> v);
  /// `size` raw bytes at p (2, 4 or 8) as a word.
  Word load_bytes(Bytes p, int64_t offset, unsigned size);

  // ---- calls ----
  /// Calls a runtime function; the operands must have its parameters' types.
  template <auto Fn, class... A>
  auto call(A... args) { return Caller<decltype(Fn)>::template call<Fn>(*this, args...); }
  /// A call that the optimised tier does not inline either: for ways that are not often gone, whose inlined body would cost compile time.
  template <auto Fn, class... A>
  auto call_outlined(A... args) {
    auto result = call<Fn>(args...);
    keep_outlined(result.raw);
    return result;
  }
  /// Calls a function of the registries; operand types are checked against its description.
  llvm::Value* call_native(const NativeFunction& function, const std::vector<llvm::Value*>& args);

  // ---- control flow ----
  template <class F>
  void if_(Bool c, F then) {
    Label yes = new_label("then"), end = new_label("endif");
    branch(c, yes, end);
    in_scope(yes, then);
    jump_unless_left(end);
    place(end);
  }
  template <class F, class G>
  void if_(Bool c, F then, G otherwise) {
    Label yes = new_label("then"), no = new_label("else"), end = new_label("endif");
    branch(c, yes, no);
    in_scope(yes, then);
    jump_unless_left(end);
    in_scope(no, otherwise);
    jump_unless_left(end);
    place(end);
  }
  /// `for (i = from; i < to; ++i) body(i)`
  template <class F>
  void for_range(Int from, Int to, F body) {
    Slot<int64_t> i = slot<int64_t>("i");
    set(i, from);
    Label head = new_label("loop"), inside = new_label("body"), end = new_label("endloop");
    jump(head);
    place(head);
    Int now = get(i);
    branch(lt(now, to), inside, end);
    in_scope(inside, [&] { body(now); });
    if (!left()) {
      set(i, add(now, int_(1)));
      jump(head);
    }
    place(end);
  }

  /// A value that depends on where control came from; made at the head of a placed label. Every way in must be told.
  template <class T>
  Value<T> phi(unsigned ways) { return Value<T>(phi_raw(llvm_type<T>(context()), ways)); }
  template <class T>
  void incoming(Value<T> phi, Value<T> v, Label from) { add_incoming(phi.raw, v.raw, from.block); }
  Label here() { return {builder_.GetInsertBlock()}; }

  Label new_label(const char* name);
  void place(Label label);  ///< what follows is emitted there; control must have left the block before
  void jump(Label label);
  void branch(Bool c, Label yes, Label no);
  /// Leaves for `label` when c holds; what follows runs when it does not.
  void leave_if(Bool c, Label label);
  void unlikely_leave_if(Bool c, Label label);
  bool left() const;  ///< control has left the current block
  void jump_unless_left(Label label) {
    if (!left()) jump(label);
  }

  // ---- scopes: where a value computed once may be used again ----
  /// The innermost open branch or loop body. A value may be reused while the scope that it was computed in is open.
  uint64_t scope() const { return scopes_.back(); }
  bool is_open(uint64_t scope) const;
  template <class F>
  void in_scope(Label label, F body) {
    place(label);
    scopes_.push_back(next_scope_++);
    body();
    scopes_.pop_back();
  }

  llvm::IRBuilder<>& builder() { return builder_; }
  llvm::LLVMContext& context() { return *module_.context; }
  llvm::Value* stack_slot(llvm::Type* type, const char* name);
  static void keep_outlined(llvm::Value* call);

 private:
  template <class F>
  struct Caller;
  template <class R, class... P>
  struct Caller<R (*)(P...) noexcept> {
    template <auto Fn>
    static auto call(Emitter& e, Value<P>... args) {
      llvm::Value* result = e.call_native(native_function<Fn>(), {args.raw...});
      if constexpr (!std::is_void_v<R>) return Value<R>(result);
      else (void)result;
    }
  };

  /// bool is a byte in memory and an i1 in registers.
  template <class T>
  llvm::Type* memory_type() {
    if constexpr (std::is_same_v<std::remove_const_t<T>, bool>) return builder_.getInt8Ty();
    else if constexpr (std::is_class_v<T> && !std::is_same_v<std::remove_const_t<T>, abi::Decimal>) return llvm::ArrayType::get(builder_.getInt8Ty(), sizeof(T));
    else return llvm_type<std::remove_const_t<T>>(context());
  }
  template <class T>
  Value<T> load_raw(llvm::Value* address) {
    llvm::Value* v = builder_.CreateAlignedLoad(memory_type<T>(), address, llvm::Align(std::is_same_v<T, bool> ? 1 : alignof(T)));
    if constexpr (std::is_same_v<T, bool>) v = builder_.CreateTrunc(v, builder_.getInt1Ty());
    return Value<T>(v);
  }
  template <class T>
  void store_raw(llvm::Value* address, Value<T> v) {
    llvm::Value* raw = v.raw;
    if constexpr (std::is_same_v<T, bool>) raw = builder_.CreateZExt(raw, builder_.getInt8Ty());
    builder_.CreateAlignedStore(raw, address, llvm::Align(std::is_same_v<T, bool> ? 1 : alignof(T)));
  }

  llvm::Value* phi_raw(llvm::Type* type, unsigned ways);
  static void add_incoming(llvm::Value* phi, llvm::Value* v, llvm::BasicBlock* from);
  llvm::Value* null_pointer();
  void ask_for_memory(llvm::Value* address);
  llvm::Value* advance(llvm::Value* base, llvm::Value* bytes);
  llvm::Value* index(llvm::Value* base, llvm::Type* element, llvm::Value* i);
  llvm::Value* select_raw(llvm::Value* c, llvm::Value* a, llvm::Value* b);
  Bool pointer_is_null(llvm::Value* p);
  llvm::FunctionCallee import(const NativeFunction& function);
  llvm::Type* type_of(MachineType type);

  void begin_step(size_t step);
  llvm::DISubprogram* describe_function(const std::string& name);

  QueryModule& module_;
  llvm::IRBuilder<> builder_;
  std::unique_ptr<llvm::DIBuilder> lines_;  ///< only with CodeProbes::has_lines
  llvm::DIFile* line_file_ = nullptr;
  llvm::Function* function_ = nullptr;
  llvm::BasicBlock* entry_ = nullptr;  // holds the stack slots, ends in a jump to the first real block
  std::vector<uint64_t> scopes_;
  uint64_t next_scope_ = 1;
  std::unordered_map<std::string, llvm::Constant*> constants_;
};

}  // namespace millrace::ir
