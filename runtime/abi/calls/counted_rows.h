#pragma once

#include "runtime/abi/counted_rows.h"

/// Bodies in runtime/state/counted_rows.cpp.
namespace millrace::abi {

extern "C" {

/// The staged row comes (or goes) `weight` times: it is added, or counted together with the row of the same values that is there. `matches` are those
/// that it has at present.
void mr_counted_add(CountedRows* rows, uint64_t hash, int64_t weight, int64_t matches) noexcept;
/// The row has more than one match just now.
void mr_counted_suspect(CountedRows* rows, CountedRow* row) noexcept;

}  // extern "C"

}  // namespace millrace::abi
