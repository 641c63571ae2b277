#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "runtime/abi/calls/encodings.h"
#include "runtime/abi/calls/state.h"

/// Digests as their standards define them: MD5 in RFC 1321, SHA-1 and SHA-2 in FIPS 180-4, CRC-32 in IEEE 802.3.
namespace millrace::abi {

namespace {

template <class Word>
Word load_big_endian(const unsigned char* p) {
  Word word = 0;
  for (size_t i = 0; i < sizeof(Word); ++i) word = static_cast<Word>(word << 8 | p[i]);
  return word;
}

/// Feeds a message to `compress` block by block, with the padding that all these digests share: a one bit, zeros, the length in bits.
template <size_t kBlock, bool kBigEndianLength, class Compress>
void for_each_block(const StringRef& s, Compress compress) {
  constexpr size_t kLengthBytes = kBlock / 8;
  const auto* data = reinterpret_cast<const unsigned char*>(s.data);
  auto size = static_cast<size_t>(s.size);
  for (; size >= kBlock; size -= kBlock, data += kBlock) compress(data);
  unsigned char last[2 * kBlock] = {};
  if (size > 0) std::memcpy(last, data, size);
  last[size] = 0x80;
  const size_t padded = size + 1 + kLengthBytes <= kBlock ? kBlock : 2 * kBlock;
  const uint64_t bits = static_cast<uint64_t>(s.size) * 8;
  for (size_t i = 0; i < 8; ++i) {
    const size_t place = kBigEndianLength ? padded - 1 - i : padded - kLengthBytes + i;
    last[place] = static_cast<unsigned char>(bits >> (8 * i));
  }
  for (size_t at = 0; at < padded; at += kBlock) compress(last + at);
}

void write_hex(PipelineContext* ctx, const unsigned char* bytes, int64_t size, StringRef* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  char* text = mr_scratch(ctx, size * 2);
  for (int64_t i = 0; i < size; ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  *out = {text, size * 2};
}

/// The words' bytes, most significant first, cut to `size`.
template <class Word, size_t kWords>
void write_big_endian(PipelineContext* ctx, const std::array<Word, kWords>& words, int64_t size, StringRef* out) {
  unsigned char bytes[kWords * sizeof(Word)];
  for (size_t i = 0; i < sizeof bytes; ++i) {
    bytes[i] = static_cast<unsigned char>(words[i / sizeof(Word)] >> (8 * (sizeof(Word) - 1 - i % sizeof(Word))));
  }
  write_hex(ctx, bytes, size, out);
}

/// floor(2^32 · |sin(i + 1)|), as RFC 1321 defines its table.
std::array<uint32_t, 64> md5_table() {
  std::array<uint32_t, 64> table{};
  for (size_t i = 0; i < 64; ++i) table[i] = static_cast<uint32_t>(std::floor(0x1p32 * std::fabs(std::sin(static_cast<double>(i + 1)))));
  return table;
}

void md5_block(std::array<uint32_t, 4>& state, const unsigned char* block) {
  static const std::array<uint32_t, 64> kTable = md5_table();
  constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  uint32_t words[16];
  for (size_t i = 0; i < 16; ++i) words[i] = __builtin_bswap32(load_big_endian<uint32_t>(block + 4 * i));
  auto [a, b, c, d] = state;
  for (uint32_t i = 0; i < 64; ++i) {
    const uint32_t round = i / 16;
    const uint32_t f = round == 0 ? (b & c) | (~b & d) : round == 1 ? (d & b) | (~d & c) : round == 2 ? b ^ c ^ d : c ^ (b | ~d);
    const uint32_t word = round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i;
    const uint32_t sum = a + f + kTable[i] + words[word % 16];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, kShifts[round][i % 4]);
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

void sha1_block(std::array<uint32_t, 5>& state, const unsigned char* block) {
  uint32_t words[80];
  for (size_t i = 0; i < 16; ++i) words[i] = load_big_endian<uint32_t>(block + 4 * i);
  for (size_t i = 16; i < 80; ++i) words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  auto [a, b, c, d, e] = state;
  for (size_t i = 0; i < 80; ++i) {
    constexpr uint32_t kConstants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    const size_t round = i / 20;
    const uint32_t f = round == 0 ? (b & c) | (~b & d) : round == 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
    const uint32_t next = std::rotl(a, 5) + f + e + kConstants[round] + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

constexpr size_t kSha512Rounds = 80;

/// The first 64 bits of the fractional parts of the cube roots (square roots for the initial states) of the first primes, by integer bisection: exact.
/// SHA-256 uses the upper halves of the first 64.
uint64_t root_fraction(uint64_t prime, int degree) {
  // The largest r with (r / 2^64)^degree <= prime, so that r's low 64 bits are the fraction. Powers need up to 4 · 64 bits.
  using Wide = unsigned __int128;
  const auto not_above = [&](Wide r) {
    // r < 2^69: compare r^degree with prime · 2^(64 · degree) in 32-bit limbs.
    uint32_t limbs[12] = {};
    uint32_t factor[3] = {static_cast<uint32_t>(r), static_cast<uint32_t>(r >> 32), static_cast<uint32_t>(r >> 64)};
    limbs[0] = 1;
    for (int power = 0; power < degree; ++power) {
      uint32_t product[12] = {};
      for (size_t i = 0; i < 12; ++i) {
        uint64_t carry = 0;
        for (size_t j = 0; i + j < 12; ++j) {
          const uint64_t term = static_cast<uint64_t>(limbs[i]) * (j < 3 ? factor[j] : 0) + product[i + j] + carry;
          product[i + j] = static_cast<uint32_t>(term);
          carry = term >> 32;
        }
      }
      std::memcpy(limbs, product, sizeof limbs);
    }
    const auto point = static_cast<size_t>(2 * degree);  // limbs below it are the fraction
    const uint64_t whole = limbs[point] | static_cast<uint64_t>(limbs[point + 1]) << 32;
    bool zero_fraction = true;
    for (size_t i = 0; i < point; ++i) zero_fraction &= limbs[i] == 0;
    return whole < prime || (whole == prime && zero_fraction);
  };
  Wide low = 0;
  Wide high = static_cast<Wide>(32) << 64;
  while (high - low > 1) {
    const Wide middle = low + (high - low) / 2;
    (not_above(middle) ? low : high) = middle;
  }
  return static_cast<uint64_t>(low);
}

struct Sha2Constants {
  std::array<uint64_t, kSha512Rounds> rounds{};
  std::array<uint64_t, 16> starts{};  ///< square roots of the first 16 primes

  Sha2Constants() {
    size_t found = 0;
    for (uint64_t n = 2; found < kSha512Rounds; ++n) {
      bool prime = true;
      for (uint64_t d = 2; d * d <= n; ++d) prime &= n % d != 0;
      if (!prime) continue;
      if (found < starts.size()) starts[found] = root_fraction(n, 2);
      rounds[found++] = root_fraction(n, 3);
    }
  }
};

const Sha2Constants& sha2_constants() {
  static const Sha2Constants constants;
  return constants;
}

/// What differs between SHA-256 (32-bit words) and SHA-512 (64-bit words).
template <class Word>
struct Sha2;
template <>
struct Sha2<uint32_t> {
  static constexpr size_t kRounds = 64;
  static constexpr int kBig[2][3] = {{2, 13, 22}, {6, 11, 25}};
  static constexpr int kSmall[2][3] = {{7, 18, 3}, {17, 19, 10}};
  static uint32_t constant(size_t i) { return static_cast<uint32_t>(sha2_constants().rounds[i] >> 32); }
};
template <>
struct Sha2<uint64_t> {
  static constexpr size_t kRounds = kSha512Rounds;
  static constexpr int kBig[2][3] = {{28, 34, 39}, {14, 18, 41}};
  static constexpr int kSmall[2][3] = {{1, 8, 7}, {19, 61, 6}};
  static uint64_t constant(size_t i) { return sha2_constants().rounds[i]; }
};

template <class Word>
void sha2_block(std::array<Word, 8>& state, const unsigned char* block) {
  using Form = Sha2<Word>;
  const auto big = [](Word x, const int(&r)[3]) { return std::rotr(x, r[0]) ^ std::rotr(x, r[1]) ^ std::rotr(x, r[2]); };
  const auto small = [](Word x, const int(&r)[3]) { return std::rotr(x, r[0]) ^ std::rotr(x, r[1]) ^ (x >> r[2]); };
  Word words[Form::kRounds];
  for (size_t i = 0; i < 16; ++i) words[i] = load_big_endian<Word>(block + sizeof(Word) * i);
  for (size_t i = 16; i < Form::kRounds; ++i) {
    words[i] = small(words[i - 2], Form::kSmall[1]) + words[i - 7] + small(words[i - 15], Form::kSmall[0]) + words[i - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (size_t i = 0; i < Form::kRounds; ++i) {
    const Word first = h + big(e, Form::kBig[1]) + ((e & f) ^ (~e & g)) + Form::constant(i) + words[i];
    const Word second = big(a, Form::kBig[0]) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e, state[5] + f, state[6] + g, state[7] + h};
}

template <class Word>
void sha2(PipelineContext* ctx, const StringRef& s, int64_t bits, StringRef* out) {
  const auto& starts = sha2_constants().starts;
  std::array<Word, 8> state{};
  for (size_t i = 0; i < 8; ++i) {
    // SHA-224 takes the second halves, and SHA-384 the whole, of the roots of the 9th to 16th primes.
    if (bits == 224) state[i] = static_cast<Word>(starts[8 + i]);
    else if (bits == 256) state[i] = static_cast<Word>(starts[i] >> 32);
    else state[i] = static_cast<Word>(starts[bits == 384 ? 8 + i : i]);
  }
  for_each_block<sizeof(Word) * 16, true>(s, [&](const unsigned char* block) { sha2_block<Word>(state, block); });
  write_big_endian(ctx, state, bits / 8, out);
}

constexpr auto kCrcTable = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c >> 1 ^ ((c & 1) != 0 ? 0xEDB88320 : 0);
    table[i] = c;
  }
  return table;
}();

}  // namespace

extern "C" {

void mr_md5(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  std::array<uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for_each_block<64, false>(*s, [&](const unsigned char* block) { md5_block(state, block); });
  for (uint32_t& word : state) word = __builtin_bswap32(word);
  write_big_endian(ctx, state, 16, out);
}

void mr_sha1(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept {
  std::array<uint32_t, 5> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for_each_block<64, true>(*s, [&](const unsigned char* block) { sha1_block(state, block); });
  write_big_endian(ctx, state, 20, out);
}

bool mr_sha2(PipelineContext* ctx, const StringRef* s, int64_t bits, StringRef* out) noexcept {
  if (bits == 0) bits = 256;
  if (bits == 224 || bits == 256) {
    sha2<uint32_t>(ctx, *s, bits, out);
  } else if (bits == 384 || bits == 512) {
    sha2<uint64_t>(ctx, *s, bits, out);
  } else {
    return false;
  }
  return true;
}

int64_t mr_crc32(const StringRef* s) noexcept {
  uint32_t crc = ~0U;
  for (int64_t i = 0; i < s->size; ++i) crc = kCrcTable[(crc ^ static_cast<unsigned char>(s->data[i])) & 255] ^ crc >> 8;
  return ~crc;
}

}  // extern "C"

}  // namespace millrace::abi
