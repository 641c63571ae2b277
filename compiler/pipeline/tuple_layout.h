#pragma once

#include <cstdint>
#include <vector>

#include "compiler/types/schema.h"
#include "runtime/abi/state_spec.h"

namespace millrace::pipeline {

constexpr uint32_t kNeverNull = UINT32_MAX;

/// Where one value stands in a tuple: integers, times and doubles take 8 bytes, booleans 1, strings, arrays and maps a StringRef of 16, a
/// STRUCT its fields. A nullable value has a byte of its own that is 1 when it is NULL.
struct FieldLayout {
  SqlType type;
  uint32_t offset = 0;
  uint32_t null_offset = kNeverNull;
  std::vector<FieldLayout> children;  ///< of a STRUCT
};

/// Offsets of a row that is kept in memory: group keys, join tuples, sort buffers.
struct TupleLayout {
  std::vector<FieldLayout> fields;
  uint32_t size = 0;  ///< multiple of 8, header included
};

/// Lays columns out one after the other behind a header of `header_bytes`: eight-byte fields first, then bytes.
TupleLayout lay_out(const Schema& columns, uint32_t header_bytes);

/// The values that lie outside of the tuple: strings, arrays, maps, and those in a STRUCT.
std::vector<abi::OwnedField> owned_fields(const TupleLayout& layout);

/// How the runtime reads a field of a scalar type when it sorts.
abi::CellKind cell_kind(const SqlType& type);

}  // namespace millrace::pipeline
