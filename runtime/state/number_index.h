#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace millrace {

/// Finds numbers (places in somebody's array) by hash: open addressing, at most half of the slots taken. Its user tells equal hashes apart.
class NumberIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// The number under this hash for which `is_it(number)` holds; kNone: there is none.
  template <typename Predicate>
  uint32_t find(uint64_t hash, const Predicate& is_it) const {
    if (slots_.empty()) return kNone;
    const auto mark = static_cast<uint32_t>(hash);
    for (size_t at = mark & mask(); slots_[at].number != kNone; at = next(at)) {
      if (slots_[at].mark == mark && is_it(slots_[at].number)) return slots_[at].number;
    }
    return kNone;
  }

  void insert(uint64_t hash, uint32_t number) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    place({static_cast<uint32_t>(hash), number});
    ++size_;
  }

  /// A number that is there. Those behind it that would not be found across the gap move up [Knuth, TAOCP 3, 6.4 R].
  void erase(uint64_t hash, uint32_t number) {
    size_t gap = static_cast<uint32_t>(hash) & mask();
    while (slots_[gap].number != number) gap = next(gap);
    for (size_t at = next(gap); slots_[at].number != kNone; at = next(at)) {
      const size_t home = slots_[at].mark & mask();
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      slots_[gap] = slots_[at];
      gap = at;
    }
    slots_[gap] = {};
    --size_;
  }

  int64_t memory_bytes() const { return static_cast<int64_t>(slots_.capacity() * sizeof(Slot)); }

 private:
  static constexpr size_t kFewestSlots = 64;

  struct Slot {
    uint32_t mark = 0;  ///< of the hash, the low bits
    uint32_t number = kNone;
  };

  size_t mask() const { return slots_.size() - 1; }
  size_t next(size_t at) const { return (at + 1) & mask(); }

  void place(Slot slot) {
    size_t at = slot.mark & mask();
    while (slots_[at].number != kNone) at = next(at);
    slots_[at] = slot;
  }

  void grow() {
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? kFewestSlots : slots_.size() * 2));
    for (const Slot& slot : before) {
      if (slot.number != kNone) place(slot);
    }
  }

  std::vector<Slot> slots_;  ///< a power of two
  size_t size_ = 0;
};

}  // namespace millrace
