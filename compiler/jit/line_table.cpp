#include "compiler/jit/line_table.h"

#include <algorithm>

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>

namespace millrace {

namespace {

/// Where an entry's code lies in the object, and where it was placed.
struct Extent {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t moved = 0;  ///< from the object's addresses to those of the process
  uint32_t entry = 0;
};

llvm::Expected<std::vector<Extent>> extents_of(const llvm::object::ObjectFile& object, std::span<const std::string> entries, std::span<void* const> addresses) {
  std::vector<Extent> extents;
  for (const llvm::object::SymbolRef& symbol : object.symbols()) {
    auto name = symbol.getName();
    if (!name) return name.takeError();
    for (size_t i = 0; i < entries.size(); ++i) {
      if (*name != entries[i]) continue;
      auto address = symbol.getAddress();
      if (!address) return address.takeError();
      const uint64_t size = llvm::object::ELFSymbolRef(symbol).getSize();
      extents.push_back({*address, *address + size, reinterpret_cast<uint64_t>(addresses[i]) - *address, static_cast<uint32_t>(i)});
    }
  }
  return extents;
}

}  // namespace

llvm::Expected<std::vector<CodeLine>> read_line_table(const llvm::MemoryBuffer& object, std::span<const std::string> entries,
                                                      std::span<void* const> addresses) {
  auto file = llvm::object::ObjectFile::createObjectFile(object.getMemBufferRef());
  if (!file) return file.takeError();
  auto extents = extents_of(**file, entries, addresses);
  if (!extents) return extents.takeError();
  const auto dwarf = llvm::DWARFContext::create(**file);
  std::vector<CodeLine> lines;
  for (const auto& unit : dwarf->compile_units()) {
    const llvm::DWARFDebugLine::LineTable* table = dwarf->getLineTableForUnit(unit.get());
    if (table == nullptr) continue;
    for (size_t i = 0; i + 1 < table->Rows.size(); ++i) {
      const auto& row = table->Rows[i];
      if (row.EndSequence) continue;
      // Functions that have no lines lie in between, those that were not inlined: they are no part of what stands in front of them.
      for (const Extent& extent : *extents) {
        const uint64_t begin = std::max(row.Address.Address, extent.begin), end = std::min(table->Rows[i + 1].Address.Address, extent.end);
        if (begin < end) lines.push_back({begin + extent.moved, end + extent.moved, row.Line, extent.entry});
      }
    }
  }
  return lines;
}

}  // namespace millrace
