#include "runtime/formats/utf8_check.h"

#include <cstdint>
#include <cstring>

namespace millrace {
namespace {

/// Bytes of the character that starts with `lead` and the legal range of its second byte (Unicode, table 3-7).
struct LeadByte {
  uint8_t size;
  uint8_t second_min;
  uint8_t second_max;
};

LeadByte classify_lead(uint8_t lead) {
  if (lead < 0xc2) return {0, 0, 0};
  if (lead < 0xe0) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

const uint8_t* skip_ascii(const uint8_t* p, const uint8_t* end) {
  while (end - p >= 8) {
    uint64_t bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    const uint64_t high = bytes & 0x8080808080808080;
    if (high != 0) return p + (__builtin_ctzll(high) >> 3);
    p += 8;
  }
  while (p < end && *p < 0x80) ++p;
  return p;
}

/// Bytes of the character at `p`; below 0: of the part of one that stands there, and how many bytes one replacement is for.
int character_size(const uint8_t* p, const uint8_t* end) {
  if (*p < 0x80) return 1;
  const LeadByte lead = classify_lead(*p);
  if (lead.size == 0 || end - p < 2) return -1;
  const bool is_surrogate = *p == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf && end - p >= 3 && (p[2] & 0xc0) == 0x80;
  if (is_surrogate) return -3;
  if (p[1] < lead.second_min || p[1] > lead.second_max) return -1;
  for (int i = 2; i < lead.size; ++i) {
    if (end - p <= i || (p[i] & 0xc0) != 0x80) return -i;
  }
  return lead.size;
}

}  // namespace

std::string replace_invalid_utf8(std::string_view bytes) {
  std::string text;
  const auto* p = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* const end = p + bytes.size();
  while (p < end) {
    const int size = character_size(p, end);
    if (size > 0) text.append(reinterpret_cast<const char*>(p), static_cast<size_t>(size));
    else text += "\xef\xbf\xbd";
    p += size > 0 ? size : -size;
  }
  return text;
}

bool is_utf8(std::string_view bytes) {
  const auto* p = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* end = p + bytes.size();
  while ((p = skip_ascii(p, end)) < end) {
    const LeadByte lead = classify_lead(*p);
    if (lead.size == 0 || end - p < lead.size) return false;
    if (p[1] < lead.second_min || p[1] > lead.second_max) return false;
    for (int i = 2; i < lead.size; ++i) {
      if ((p[i] & 0xc0) != 0x80) return false;
    }
    p += lead.size;
  }
  return true;
}

}  // namespace millrace
