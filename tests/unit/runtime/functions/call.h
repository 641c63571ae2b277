#pragma once

#include <string>
#include <string_view>

#include "runtime/abi/context.h"
#include "runtime/abi/string_ref.h"

/// Calling runtime functions from tests with C++ strings.
namespace millrace {

inline abi::StringRef ref(std::string_view text) { return {text.data(), static_cast<int64_t>(text.size())}; }
inline std::string text(const abi::StringRef& s) { return {s.data, static_cast<size_t>(s.size)}; }

/// A context in UTC, in which tests may set what they need.
inline abi::PipelineContext& context() {
  static abi::PipelineContext ctx{};
  return ctx;
}

/// Calls `void f(ctx, s, out)`.
inline std::string map(void (*f)(abi::PipelineContext*, const abi::StringRef*, abi::StringRef*) noexcept, std::string_view s) {
  const abi::StringRef r = ref(s);
  abi::StringRef out;
  f(&context(), &r, &out);
  return text(out);
}

}  // namespace millrace
