#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/connectors/sse_parser.h"

namespace {

constexpr size_t kMostData = 200;

struct Parsed {
  std::string lines;
  std::string last_event_id;
  std::optional<int64_t> retry_ms;
  bool operator==(const Parsed&) const = default;
};

Parsed parse(std::string_view text, size_t chunk) {
  millrace::SseParser parser("", kMostData);
  Parsed parsed;
  for (size_t at = 0; at < text.size(); at += chunk) parser.feed(text.substr(at, chunk), &parsed.lines);
  parsed.last_event_id = parser.last_event_id();
  parsed.retry_ms = parser.retry_ms();
  return parsed;
}

}  // namespace

/// What an event stream gives must not depend on the pieces in which it comes, and no event is longer than may be.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Parsed whole = parse(text, size + 1);
  constexpr size_t kChunks[] = {1, 3, 16};
  const size_t chunk = kChunks[size % std::size(kChunks)];  // one an input: there are many
  if (!(parse(text, chunk) == whole)) {
    std::fprintf(stderr, "in pieces of %zu bytes the events differ\n", chunk);
    std::abort();
  }
  for (size_t begin = 0, end; (end = whole.lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
    if (end - begin > kMostData + 1) std::abort();
  }
  return 0;
}
