#include "runtime/hot/hash.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <set>
#include <string>

using namespace millrace::abi;

namespace {

/// The bytes of a string in a block of exactly its size, so that a sanitizer sees a read outside.
struct ExactBytes {
  explicit ExactBytes(const std::string& text) : bytes(new char[text.size()]), size(static_cast<int64_t>(text.size())) {
    std::copy(text.begin(), text.end(), bytes.get());
  }
  std::unique_ptr<char[]> bytes;
  int64_t size;
};

int sign(int x) { return (x > 0) - (x < 0); }

}  // namespace

TEST_CASE("strings of any size hash by all their bytes") {
  std::set<uint64_t> hashes;
  size_t strings = 0;
  for (size_t size = 0; size <= 70; ++size) {
    const std::string text(size, 'a');
    const ExactBytes base(text);
    hashes.insert(mr_hash_string(7, base.bytes.get(), base.size));
    ++strings;
    for (size_t i = 0; i < size; ++i, ++strings) {
      std::string other = text;
      other[i] = 'b';
      const ExactBytes changed(other);
      hashes.insert(mr_hash_string(7, changed.bytes.get(), changed.size));
      REQUIRE(!mr_string_equal(base.bytes.get(), base.size, changed.bytes.get(), changed.size));
    }
    REQUIRE(mr_string_equal(base.bytes.get(), base.size, ExactBytes(text).bytes.get(), base.size));
  }
  CHECK(hashes.size() == strings);
}

TEST_CASE("strings compare by bytes, then by size") {
  const std::string words[] = {"", "a", "ab", "b", "é", "z", "abcdefgh", "abcdefghi", std::string("a\0b", 3)};
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      const ExactBytes x(a);
      const ExactBytes y(b);
      CHECK(sign(mr_string_compare(x.bytes.get(), x.size, y.bytes.get(), y.size)) == sign(a.compare(b)));
      CHECK(mr_string_equal(x.bytes.get(), x.size, y.bytes.get(), y.size) == (a == b));
    }
  }
}

TEST_CASE("equal doubles hash alike") {
  CHECK(mr_hash_double(1, 0.0) == mr_hash_double(1, -0.0));
  CHECK(mr_hash_double(1, std::nan("1")) == mr_hash_double(1, -std::nan("2")));
  CHECK(mr_hash_double(1, 1.0) != mr_hash_double(1, 2.0));
}

TEST_CASE("hashes of integers spread over slots and tags") {
  for (int64_t stride : {int64_t{1}, int64_t{2}, int64_t{1000}, int64_t{1} << 20, int64_t{5'000'000}, int64_t{86'400'000'000}}) {
    constexpr int kKeys = 4096;
    std::set<uint64_t> slots;
    std::set<uint64_t> tags;
    for (int64_t i = 0; i < kKeys; ++i) {
      const uint64_t hash = mr_hash_int(0, i * stride);
      slots.insert(hash % (2 * kKeys));
      tags.insert(hash >> 48);
    }
    // Random hashes would fill 39 % of the slots, and take nearly as many tags as there are keys.
    CHECK(slots.size() > kKeys / 2);
    CHECK(tags.size() > kKeys / 2);
  }
}
