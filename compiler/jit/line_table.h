#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>
#include <llvm/Support/MemoryBuffer.h>

namespace millrace {

/// Machine code that belongs to one line: [begin, end).
struct CodeLine {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint32_t line = 0;   ///< 0: of none
  uint32_t entry = 0;  ///< position of the function that it is a part of
};

/// The line table of an object, with the addresses that its code was placed at: those of `entries`, all of which lie in one section.
llvm::Expected<std::vector<CodeLine>> read_line_table(const llvm::MemoryBuffer& object, std::span<const std::string> entries, std::span<void* const> addresses);

}  // namespace millrace
