#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/calls/arrays.h"
#include "runtime/abi/nested.h"
#include "runtime/abi/type_code.h"

namespace millrace {

/// The elements of an ARRAY, or the fields of a STRUCT within one. Borrows the run.
class Elements {
 public:
  /// `code` is of the elements' type.
  Elements(const char* run, const char* code) : run_(run), code_(code), count_(static_cast<int64_t>(abi::nested_count(run))) {}

  int64_t count() const { return count_; }
  const char* code() const { return code_; }
  abi::NestedItem operator[](int64_t i) const;

 private:
  const char* run_;
  const char* code_;
  int64_t count_;
};

inline bool is_null(const abi::NestedItem& item) { return item.kind == abi::NestedItem::Kind::Null; }

/// Whether two elements of one type are the same: a NULL is the same as another NULL, NaN as NaN, -0.0 as 0.0.
bool same_element(const abi::NestedItem& a, const abi::NestedItem& b, const char* code);
/// Three-way order of two elements that are not NULL, as ORDER BY has it. Within nested values NULLs come first.
int compare_elements(const abi::NestedItem& a, const abi::NestedItem& b, const char* code);

/// A set of elements of one type, in order of their first coming. Memory is kept by the thread from use to use: one set at a time has a `Slots`.
class ElementSet {
 public:
  struct Memory {
    std::vector<abi::NestedItem> items;
    std::vector<uint32_t> slots;
  };
  ElementSet(Memory& memory, const char* code);

  bool insert(const abi::NestedItem& item);  ///< false: it was there
  bool contains(const abi::NestedItem& item) const { return slots_[find(item)] != kFree; }
  const std::vector<abi::NestedItem>& items() const { return items_; }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  size_t find(const abi::NestedItem& item) const;
  void grow();

  std::vector<abi::NestedItem>& items_;
  std::vector<uint32_t>& slots_;  ///< positions in items_; a power of two of them
  const char* code_;
};

/// An empty list; its memory is kept by the thread. One list at a time is in use.
std::vector<abi::NestedItem>& fresh_items();

/// What a function with packed arguments (runtime/abi/calls/arrays.h) was called with.
class PackedCall {
 public:
  PackedCall(abi::PipelineContext* context, const char* codes, const abi::NestedItem* arguments, int64_t count)
      : context(context), codes_(codes), arguments_(arguments), count_(count) {}

  bool any_null() const;
  int64_t count() const { return count_; }
  const abi::NestedItem& operator[](int64_t i) const { return arguments_[i]; }
  /// The type of argument `i`; of i = count() the result's.
  const char* code(int64_t i) const;
  /// Argument `i`, an ARRAY that is not NULL.
  Elements array(int64_t i) const { return {arguments_[i].data, abi::element_code(code(i))}; }
  Elements keys(int64_t i) const { return {abi::map_keys(arguments_[i].data), abi::element_code(code(i))}; }
  Elements values(int64_t i) const { return {abi::map_values(arguments_[i].data), abi::map_value_code(code(i))}; }
  abi::StringRef text(int64_t i) const { return {arguments_[i].data, arguments_[i].word}; }

  abi::PipelineContext* context;

 private:
  const char* codes_;
  const abi::NestedItem* arguments_;
  int64_t count_;
};

/// The ARRAY of these elements as a result; false when it would be too large.
bool give_array(const PackedCall& call, const std::vector<abi::NestedItem>& items, abi::NestedItem* out);
bool give_array(const PackedCall& call, const abi::NestedItem* items, int64_t count, abi::NestedItem* out);

inline bool give_word(int64_t word, abi::NestedItem* out) {
  *out = {abi::NestedItem::Kind::Word, word, nullptr};
  return true;
}

/// The element as a result: NULL where it is.
inline bool give(const abi::NestedItem& item, abi::NestedItem* out) {
  *out = item;
  return !is_null(item);
}

}  // namespace millrace
