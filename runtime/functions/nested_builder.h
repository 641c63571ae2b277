#pragma once

#include <cstdint>

#include "runtime/abi/calls/nested.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/nested.h"
#include "runtime/abi/type_code.h"

namespace millrace {

/// Puts an ARRAY, a STRUCT within one, or a part of a MAP together, element by element. The list of elements grows in the context's scratch, where
/// the finished run lies as well; the bytes of elements are borrowed until then. One thread, one query.
class NestedBuilder {
 public:
  explicit NestedBuilder(abi::PipelineContext* context) : context_(context) {}

  /// Bytes are borrowed until the run is made.
  void add(abi::NestedItem item) {
    if (count_ == capacity_) grow();
    items_[count_++] = item;
  }
  void add_null() { add({}); }
  void add_int(int64_t value) { add({abi::NestedItem::Kind::Word, value, nullptr}); }
  void add_double(double value);
  void add_decimal(const abi::Decimal& value);  ///< kept in the context's scratch
  void add_bytes(abi::StringRef bytes) { add({abi::NestedItem::Kind::Bytes, bytes.size, bytes.data}); }
  void add_run(abi::StringRef run) { add({abi::NestedItem::Kind::Run, run.size, run.data}); }
  /// Element `i` of `run`, whose elements (or field) have type `type`.
  void add_element(const char* run, int64_t i, abi::TypeCode type);

  int64_t count() const { return count_; }
  /// The element added as the i-th: may be replaced.
  abi::NestedItem& item(int64_t i) { return items_[i]; }

  /// The run of all elements; false when it would be too large.
  bool finish(abi::StringRef* out) { return abi::mr_nested_make(context_, items_, count_, out); }

 private:
  void grow();

  abi::PipelineContext* context_;
  abi::NestedItem* items_ = nullptr;
  int64_t count_ = 0;
  int64_t capacity_ = 0;
};

/// A MAP of keys and values that are arrays of the same length, without two equal keys; false when it would be too large.
bool make_map(abi::PipelineContext* context, abi::StringRef keys, abi::StringRef values, abi::StringRef* out);

}  // namespace millrace
