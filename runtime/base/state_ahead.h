#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace millrace {

/// A block of state memory that will be wanted soon. The system brings memory in when it is first written to, which for a huge page takes from a tenth of a millisecond to several, and for
/// a table that has just doubled hundreds of them within a few rows: a thread of its own has that done before. Used by one thread.
class StateAhead {
 public:
  StateAhead() = default;
  ~StateAhead() { drop(); }
  StateAhead(const StateAhead&) = delete;
  StateAhead& operator=(const StateAhead&) = delete;

  /// Has a block of so many bytes made ready, unless it is under way. Small ones are not worth it.
  void prepare(size_t bytes) noexcept;
  /// What was prepared last is there, or nothing was.
  bool is_ready() const { return pages_ == nullptr || pages_->are_there.load(std::memory_order_acquire); }
  /// As of allocate_state: the prepared block where it has that many bytes, whether or not it is ready.
  void* take(size_t bytes) noexcept;
  size_t bytes() const { return bytes_; }

  /// Pages to be brought in; the thread that does so knows them, too.
  struct Pages {
    char* begin;
    size_t bytes;
    std::atomic<bool> are_there = false;
    std::atomic<bool> are_wanted = true;
  };

 private:
  void drop() noexcept;

  void* block_ = nullptr;
  size_t bytes_ = 0;
  std::shared_ptr<Pages> pages_;
};

}  // namespace millrace
