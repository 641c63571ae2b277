#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::abi {

/// A borrowed run of bytes: the machine form of STRING and BINARY. `data == nullptr` means NULL where a function says so.
/// Who owns the bytes is said by whoever hands one out: the input block, the scratch arena, or a state's arena.
struct StringRef {
  const char* data = nullptr;
  int64_t size = 0;
};
static_assert(sizeof(StringRef) == 16);

inline std::string_view view(const StringRef& s) { return {s.data, static_cast<size_t>(s.size)}; }

}  // namespace millrace::abi
