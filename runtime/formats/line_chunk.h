#pragma once

#include <cstdint>
#include <string>

#include "runtime/abi/line_block.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/line_indexer.h"

namespace millrace {

/// Whole lines that own their bytes and their index, so that one thread may index and compute them while another one reads what
/// follows. LineDecoder cuts them off; used by one thread at a time, and used again for other lines.
struct LineChunk {
  LineBuffer bytes;
  LineIndex index;
  abi::LineBlock block{};       ///< once it is indexed; first_line is 0 until the numbers of the lines before are known
  size_t size = 0;              ///< bytes of the lines
  int64_t lines = 0;            ///< blank ones too; once it is indexed
  int64_t lines_before_row = 0; ///< of the first row; once it is indexed
  int64_t received_ns = 0;      ///< steady clock
  std::string origin;           ///< the file that they are from; see SourceReader
  int32_t blocks_to_mark = 0;   ///< as LineBlock says: of the next blocks that this chunk holds
  int32_t worker = 0;           ///< who had it last, and is likely to have its memory in the cache
  bool is_indexed = false;
  bool begins_source = false;   ///< lines count from 1 again

  int64_t memory_bytes() const { return bytes.memory_bytes() + index.memory_bytes(); }
};

}  // namespace millrace
