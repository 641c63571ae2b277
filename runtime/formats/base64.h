#pragma once

#include <cstdint>
#include <string_view>

/// Base64 as RFC 4648 section 4 has it: the text form of BINARY in json.
namespace millrace {

/// Characters that encoding `size` bytes gives.
inline int64_t base64_size(int64_t size) { return (size + 2) / 3 * 4; }

/// Writes base64_size(bytes.size()) characters.
void encode_base64(std::string_view bytes, char* out);

/// Writes at most text.size() bytes and returns how many, or -1 when the text is not base64. Padding may be missing.
int64_t decode_base64(std::string_view text, char* out);

}  // namespace millrace
