#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace millrace {

/// A large block of state memory that will be wanted soon. The system brings memory in when it is first written to, which for a huge page takes from a tenth of a millisecond to several, and for
/// a table that has just doubled hundreds of them within a few rows; and who maps memory meanwhile waits for the page in hand. A thread of its own does both before. Used by one thread.
class StateAhead {
 public:
  StateAhead() = default;
  ~StateAhead() { drop(); }
  StateAhead(const StateAhead&) = delete;
  StateAhead& operator=(const StateAhead&) = delete;

  /// Has a block of so many bytes made ready, unless it is under way. Small ones are not worth it.
  void prepare(size_t bytes) noexcept;
  /// What was prepared last is there, or cannot be had, or nothing was.
  bool is_ready() const { return pages_ == nullptr || pages_->are_there.load(std::memory_order_acquire); }
  /// As of allocate_state: the prepared block where it has that many bytes, whether or not it is ready.
  void* take(size_t bytes) noexcept;
  size_t bytes() const { return pages_ == nullptr ? 0 : pages_->bytes; }

  /// What the thread is asked for.
  struct Pages {
    explicit Pages(size_t bytes) : bytes(bytes) {}
    /// By the thread that asked: the block, if there is one yet; else there will be none.
    char* claim() noexcept;

    size_t bytes;
    char* begin = nullptr;  ///< from Mapped on
    enum class Stage { Asked, Mapped, GivenUp };
    std::atomic<Stage> stage = Stage::Asked;
    std::atomic<bool> are_there = false;
    std::atomic<bool> are_wanted = true;
  };

 private:
  void drop() noexcept;

  std::shared_ptr<Pages> pages_;
};

/// free_state by that thread. Not in a copy of the process, which does not have it.
void free_state_behind(void* block, size_t bytes) noexcept;

}  // namespace millrace
