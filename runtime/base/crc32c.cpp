#include "runtime/base/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace millrace {

namespace {

constexpr uint32_t kPolynomial = 0x82F63B78;  ///< reflected

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
    table[i] = crc;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = make_table();

uint32_t by_table(uint32_t crc, const unsigned char* at, size_t size) {
  for (; size > 0; --size, ++at) crc = crc >> 8 ^ kTable[(crc ^ *at) & 0xFF];
  return crc;
}

#if defined(__x86_64__)
/// Bytes of a lane: the instruction takes three cycles and can begin each cycle, so that three lanes side by side cost what one does.
constexpr size_t kLane = 4096;

/// What so many zero bytes make of a sum: it is linear in the sum's bits, so that four tables of its bytes say it.
class ZeroLane {
 public:
  ZeroLane() {
    std::array<uint32_t, 32> of_bit{};
    for (size_t bit = 0; bit < of_bit.size(); ++bit) of_bit[bit] = behind_zeros(uint32_t{1} << bit);
    for (size_t byte = 0; byte < 4; ++byte) {
      for (size_t value = 0; value < 256; ++value) {
        for (size_t bit = 0; bit < 8; ++bit) {
          if ((value >> bit & 1) != 0) tables_[byte][value] ^= of_bit[8 * byte + bit];
        }
      }
    }
  }

  uint32_t operator()(uint32_t crc) const {
    return tables_[0][crc & 0xFF] ^ tables_[1][crc >> 8 & 0xFF] ^ tables_[2][crc >> 16 & 0xFF] ^ tables_[3][crc >> 24];
  }

 private:
  static uint32_t behind_zeros(uint32_t crc) {
    for (size_t i = 0; i < kLane; ++i) crc = crc >> 8 ^ kTable[crc & 0xFF];
    return crc;
  }

  std::array<std::array<uint32_t, 256>, 4> tables_{};
};

__attribute__((target("sse4.2"))) uint64_t add_word(uint64_t crc, const unsigned char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return _mm_crc32_u64(crc, word);
}

/// Three lanes, each summed by itself; the sum of the bytes that come first is carried over those behind (as in Gopal et al., "Fast CRC Computation for iSCSI
/// Polynomial Using CRC32 Instruction", Intel 2011, with tables in place of multiplications).
__attribute__((target("sse4.2"))) uint32_t add_lanes(uint32_t crc, const unsigned char* at) {
  static const ZeroLane over_lane;
  uint64_t first = crc;
  uint64_t second = 0;
  uint64_t third = 0;
  for (size_t i = 0; i < kLane; i += 8) {
    first = add_word(first, at + i);
    second = add_word(second, at + kLane + i);
    third = add_word(third, at + 2 * kLane + i);
  }
  return over_lane(over_lane(static_cast<uint32_t>(first)) ^ static_cast<uint32_t>(second)) ^ static_cast<uint32_t>(third);
}

__attribute__((target("sse4.2"))) uint32_t by_instruction(uint32_t crc, const unsigned char* at, size_t size) {
  for (; size >= 3 * kLane; size -= 3 * kLane, at += 3 * kLane) crc = add_lanes(crc, at);
  uint64_t wide = crc;
  for (; size >= 8; size -= 8, at += 8) wide = add_word(wide, at);
  auto narrow = static_cast<uint32_t>(wide);
  for (; size > 0; --size, ++at) narrow = _mm_crc32_u8(narrow, *at);
  return narrow;
}
#endif

}  // namespace

uint32_t crc32c(uint32_t crc, const void* bytes, size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2");
  if (has_instruction) return ~by_instruction(~crc, at, size);
#endif
  return ~by_table(~crc, at, size);
}

}  // namespace millrace
