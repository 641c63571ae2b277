#include "runtime/formats/base64.h"

#include <array>

namespace millrace {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto kValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return values;
}();

}  // namespace

void encode_base64(std::string_view bytes, char* out) {
  const auto byte = [&](size_t i) { return i < bytes.size() ? static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) : 0; };
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const uint32_t group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *out++ = kAlphabet[group >> 18];
    *out++ = kAlphabet[group >> 12 & 63];
    *out++ = i + 1 < bytes.size() ? kAlphabet[group >> 6 & 63] : '=';
    *out++ = i + 2 < bytes.size() ? kAlphabet[group & 63] : '=';
  }
}

int64_t decode_base64(std::string_view text, char* out) {
  size_t size = text.size();
  if (size % 4 == 0 && size > 0 && text[size - 1] == '=') size -= text[size - 2] == '=' ? 2 : 1;
  if (size % 4 == 1) return -1;
  const char* begin = out;
  uint32_t group = 0;
  for (size_t i = 0; i < size; ++i) {
    const int8_t value = kValues[static_cast<uint8_t>(text[i])];
    if (value < 0) return -1;
    group = group << 6 | static_cast<uint32_t>(value);
    if (i % 4 != 0) *out++ = static_cast<char>(group >> (6 - 2 * (i % 4)));
  }
  return out - begin;
}

}  // namespace millrace
