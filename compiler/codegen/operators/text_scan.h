#pragma once

#include "compiler/codegen/ir/emitter.h"
#include "runtime/abi/line_block.h"

namespace millrace {

/// Longest key that is compared backwards from its colon: what LineBlock guarantees to be readable in front of its base.
inline constexpr size_t kKeyBytesMax = 240;

/// The arrays of a LineBlock, loaded once in front of the loop over its rows.
struct LineArrays {
  LineArrays(ir::Emitter& e, ir::Pointer<const abi::LineBlock> block);

  ir::Bytes base;
  ir::Pointer<const uint32_t> row_begin;
  ir::Pointer<const uint32_t> row_end;
  ir::Pointer<const uint8_t> row_flags;
  ir::Pointer<const uint32_t> marks;
  ir::Pointer<const uint32_t> mark_begin;
};

}  // namespace millrace
