#pragma once

namespace millrace {

/// Whether a byte may stand in a name or a keyword; those of characters beyond ASCII may.
inline bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace millrace
