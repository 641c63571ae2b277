#include "runtime/functions/elements.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/abi/calls/nested.h"
#include "runtime/abi/decimal.h"
#include "runtime/hot/hash.h"

namespace millrace {

using abi::NestedItem;
using abi::TypeCode;
using Kind = NestedItem::Kind;

namespace {

double as_double(const NestedItem& item) { return std::bit_cast<double>(item.word); }

/// The word by which an element is told from others: -0.0 is 0.0.
int64_t identity(const NestedItem& item, const char* code) {
  return abi::is_floating(abi::type_of(code)) && as_double(item) == 0 ? 0 : item.word;
}

int compare_doubles(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

int compare_decimals(const NestedItem& a, const NestedItem& b) {
  abi::Decimal x, y;
  std::memcpy(&x, a.data, sizeof x);
  std::memcpy(&y, b.data, sizeof y);
  return x < y ? -1 : y < x ? 1 : 0;
}

int compare_bytes(const NestedItem& a, const NestedItem& b) {
  const int order = std::memcmp(a.data, b.data, static_cast<size_t>(std::min(a.word, b.word)));
  if (order != 0) return order;
  return a.word < b.word ? -1 : a.word > b.word ? 1 : 0;
}

int compare_nullable(const NestedItem& a, const NestedItem& b, const char* code) {
  if (is_null(a) || is_null(b)) return static_cast<int>(!is_null(a)) - static_cast<int>(!is_null(b));
  return compare_elements(a, b, code);
}

int compare_arrays(const NestedItem& a, const NestedItem& b, const char* code) {
  const Elements left(a.data, code), right(b.data, code);
  for (int64_t i = 0; i < std::min(left.count(), right.count()); ++i) {
    const int order = compare_nullable(left[i], right[i], code);
    if (order != 0) return order;
  }
  return left.count() < right.count() ? -1 : left.count() > right.count() ? 1 : 0;
}

int compare_structs(const NestedItem& a, const NestedItem& b, const char* code) {
  const uint32_t count = abi::struct_field_count(code);
  const char* field = abi::first_field(code);
  for (uint32_t i = 0; i < count; ++i, field = abi::next_field(field)) {
    const char* type = abi::field_code(field);
    const int order = compare_nullable(Elements(a.data, type)[i], Elements(b.data, type)[i], type);
    if (order != 0) return order;
  }
  return 0;
}

uint64_t hash_of(const NestedItem& item, const char* code) {
  if (is_null(item)) return 0;
  if (item.kind == Kind::Word) return abi::mr_hash_int(0, identity(item, code));
  return abi::mr_hash_string(0, item.data, item.word);
}

}  // namespace

NestedItem Elements::operator[](int64_t i) const {
  if (abi::nested_is_null(run_, i)) return {};
  const TypeCode type = abi::type_of(code_);
  if (!abi::is_bytes(type)) return {Kind::Word, abi::nested_int(run_, i), nullptr};
  const abi::StringRef bytes = abi::nested_bytes(run_, i);
  return {abi::is_nested(type) ? Kind::Run : Kind::Bytes, bytes.size, bytes.data};
}

bool same_element(const NestedItem& a, const NestedItem& b, const char* code) {
  if (is_null(a) || is_null(b)) return is_null(a) && is_null(b);
  if (a.kind == Kind::Word) return identity(a, code) == identity(b, code);
  return a.word == b.word && std::memcmp(a.data, b.data, static_cast<size_t>(a.word)) == 0;
}

int compare_elements(const NestedItem& a, const NestedItem& b, const char* code) {
  switch (abi::type_of(code)) {
    case TypeCode::Float:
    case TypeCode::Double: return compare_doubles(as_double(a), as_double(b));
    case TypeCode::String:
    case TypeCode::Binary: return compare_bytes(a, b);
    case TypeCode::Decimal: return compare_decimals(a, b);
    case TypeCode::Array: return compare_arrays(a, b, abi::element_code(code));
    case TypeCode::Struct: return compare_structs(a, b, code);
    case TypeCode::Map: return compare_bytes(a, b);  // maps have no order; the analyzer lets none come here
    default: return a.word < b.word ? -1 : a.word > b.word ? 1 : 0;
  }
}

ElementSet::ElementSet(Memory& memory, const char* code) : items_(memory.items), slots_(memory.slots), code_(code) {
  constexpr size_t kFirst = 16;
  items_.clear();
  slots_.assign(kFirst, kFree);
}

size_t ElementSet::find(const NestedItem& item) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash_of(item, code_) & mask;
  while (slots_[at] != kFree && !same_element(items_[slots_[at]], item, code_)) at = (at + 1) & mask;
  return at;
}

bool ElementSet::insert(const NestedItem& item) {
  const size_t at = find(item);
  if (slots_[at] != kFree) return false;
  slots_[at] = static_cast<uint32_t>(items_.size());
  items_.push_back(item);
  if (items_.size() * 2 > slots_.size()) grow();
  return true;
}

void ElementSet::grow() {
  slots_.assign(slots_.size() * 2, kFree);
  for (uint32_t i = 0; i < items_.size(); ++i) slots_[find(items_[i])] = i;
}

bool PackedCall::any_null() const {
  return std::any_of(arguments_, arguments_ + count_, [](const NestedItem& item) { return is_null(item); });
}

const char* PackedCall::code(int64_t i) const {
  const char* code = codes_;
  for (int64_t k = 0; k < i; ++k) code = abi::skip_type_code(code);
  return code;
}

std::vector<NestedItem>& fresh_items() {
  thread_local std::vector<NestedItem> items;
  items.clear();
  return items;
}

bool give_array(const PackedCall& call, const NestedItem* items, int64_t count, NestedItem* out) {
  abi::StringRef run;
  if (!abi::mr_nested_make(call.context, items, count, &run)) return false;
  *out = {Kind::Run, run.size, run.data};
  return true;
}

bool give_array(const PackedCall& call, const std::vector<NestedItem>& items, NestedItem* out) {
  return give_array(call, items.data(), static_cast<int64_t>(items.size()), out);
}

}  // namespace millrace
