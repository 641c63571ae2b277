#include "runtime/checkpoint/snapshot_index.h"

#include <cstring>

#include "runtime/base/crc32c.h"
#include "runtime/checkpoint/mapped_file.h"

namespace millrace {

namespace {

constexpr char kMagic[8] = {'M', 'I', 'L', 'L', 'R', 'A', 'C', 'E'};
constexpr uint32_t kVersion = 3;

Status damaged(const std::string& name, const std::string& how) { return Status::error("'" + name + "' is damaged: " + how); }

Status check_header(std::string_view file, const std::string& name) {
  SnapshotHeader header{};
  if (file.size() < sizeof header) return damaged(name, "it is too short");
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Status::error("'" + name + "' is no checkpoint of Millrace");
  if (header.checksum != crc32c(0, &header, offsetof(SnapshotHeader, checksum))) return damaged(name, "its header is not what was written");
  if (header.version == kVersion) return {};
  return Status::error("'" + name + "' has version " + std::to_string(header.version) + " of the format; this program reads version " +
                       std::to_string(kVersion));
}

/// The two halves of a product, folded into one word.
uint64_t fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t word_at(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

}  // namespace

SnapshotHeader snapshot_header() {
  SnapshotHeader header{{}, kVersion, 0};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.checksum = crc32c(0, &header, offsetof(SnapshotHeader, checksum));
  return header;
}

uint32_t checksum_of(const SnapshotEnd& end) { return crc32c(0, &end, offsetof(SnapshotEnd, checksum)); }

/// Two lanes of multiplications by words that the seed makes unknown.
uint64_t block_hash(uint64_t seed, std::string_view block) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15;
  const uint64_t keys[4] = {fold(seed ^ kOdd, kOdd), fold(seed + kOdd, ~kOdd), fold(seed ^ ~kOdd, kOdd * 3), fold(seed - kOdd, kOdd * 5)};
  uint64_t a = seed ^ keys[0], b = seed + keys[1];
  const char* at = block.data();
  size_t left = block.size();
  for (; left >= 32; left -= 32, at += 32) {
    a = fold(word_at(at) ^ keys[0] ^ a, word_at(at + 8) ^ keys[1]);
    b = fold(word_at(at + 16) ^ keys[2] ^ b, word_at(at + 24) ^ keys[3]);
  }
  char rest[32] = {};
  if (left > 0) std::memcpy(rest, at, left);
  a = fold(word_at(rest) ^ keys[0] ^ a, word_at(rest + 8) ^ keys[1]);
  b = fold(word_at(rest + 16) ^ keys[2] ^ b, word_at(rest + 24) ^ keys[3]);
  const uint64_t hash = fold(a ^ keys[2] ^ block.size(), b ^ keys[3]);
  return hash == 0 ? 1 : hash;
}

Result<SnapshotIndex> SnapshotIndex::of(std::string_view file, const std::string& name) {
  Status header = check_header(file, name);
  if (!header.ok()) return header;
  SnapshotEnd end{};
  if (file.size() < sizeof(SnapshotHeader) + sizeof end) return damaged(name, "it ends too early");
  const size_t end_offset = file.size() - sizeof end;
  std::memcpy(&end, file.data() + end_offset, sizeof end);
  if (end.checksum != checksum_of(end)) return damaged(name, "its end is not what was written");
  const bool fits = end.index_offset >= sizeof(SnapshotHeader) && end.index_offset <= end_offset &&
                    (end_offset - end.index_offset) % sizeof(BlockPlace) == 0 && (end_offset - end.index_offset) / sizeof(BlockPlace) == end.blocks;
  if (!fits) return damaged(name, "its end does not belong to it");
  const char* const places = file.data() + end.index_offset;
  const size_t bytes = end.blocks * sizeof(BlockPlace);
  if (crc32c(0, places, bytes) != end.index_checksum) return damaged(name, "its index is not what was written");
  SnapshotIndex index{end.seed, end.payload_bytes, std::vector<BlockPlace>(end.blocks)};
  if (bytes > 0) std::memcpy(index.blocks.data(), places, bytes);
  uint64_t sum = 0;
  for (const BlockPlace& block : index.blocks) sum += block.size;
  if (sum != end.payload_bytes) return damaged(name, "its end does not belong to it");
  return index;
}

Result<SnapshotIndex> SnapshotIndex::read(const std::string& path) {
  auto file = MappedFile::open(path, MappedFile::Read::Parts);
  if (!file) return file.error();
  return of((*file)->bytes(), path);
}

}  // namespace millrace
