#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/state/tuple_order.h"

namespace millrace {

/// In front of a row that a ChangeLog keeps.
struct KeptRow {
  char* next = nullptr;    ///< of the same key
  int64_t bytes = 0;
  char* before = nullptr;  ///< all rows in their order
  char* after = nullptr;
  int64_t order = 0;
  uint32_t group = 0;      ///< its number in RowGroups, and the row's place there
  uint32_t place = 0;

  static KeptRow& of(char* row) { return *reinterpret_cast<KeptRow*>(row - sizeof(KeptRow)); }
  static const KeptRow& of(const char* row) { return *reinterpret_cast<const KeptRow*>(row - sizeof(KeptRow)); }
};

/// By the sort keys, then by arrival.
struct EarlierRow {
  const std::vector<abi::SortKey>* keys;

  bool operator()(const char* a, const char* b) const {
    const int order = abi::compare_tuples(*keys, a, b);
    return order != 0 ? order < 0 : KeptRow::of(a).order < KeptRow::of(b).order;
  }
};

}  // namespace millrace
