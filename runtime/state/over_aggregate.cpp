#include "runtime/state/over_aggregate.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/base/memory.h"
#include "runtime/state/arena.h"

namespace millrace::abi {

namespace {

/// Rows a frame, on average, up to which adding them one by one is as quick as merging, and up to which it is done for the sake of equal digits.
constexpr int64_t kFewRows = 8;
constexpr int64_t kFewRowsRounded = 128;

template <class Fn>
Fn entry(const CompiledCode* code, int32_t number) {
  return number < 0 ? nullptr : reinterpret_cast<Fn>(code->entry[static_cast<size_t>(number)].load(std::memory_order_acquire));
}

struct FreeMemory {
  void operator()(char* memory) const { std::free(memory); }
};
using States = std::unique_ptr<char, FreeMemory>;

States make_states(size_t bytes) { return States(static_cast<char*>(allocate_zeroed(std::max<size_t>(bytes, 1)))); }

}  // namespace

OverAggregate::OverAggregate(const OverCall& call, const CompiledCode* code, PipelineContext& ctx, OverState& over, GroupTable& memory)
    : call_(call),
      ctx_(ctx),
      over_(over),
      memory_(memory),
      add_(entry<OverAddFn>(code, call.add_entry)),
      merge_(entry<OverMergeFn>(code, call.merge_entry)),
      finish_(entry<OverFinishFn>(code, call.finish_entry)) {}

void OverAggregate::evaluate(std::span<char* const> rows, const FrameRows& frame) {
  rows_ = rows;
  if (grows(frame)) return grow(frame);
  int64_t work = 0;
  for (size_t i = 0; i < size(); ++i) work += frame.end[i] - frame.start[i];
  const int64_t few = call_.merges_exactly ? kFewRows : kFewRowsRounded;
  const bool small = work / few <= static_cast<int64_t>(size());
  if (small || !call_.merges || !slides(frame)) return one_by_one(frame);
  by_two_stacks(frame);
}

void OverAggregate::reset(char* state) const { std::memset(state, 0, call_.state_size); }

void OverAggregate::add(char* state, int64_t row) {
  add_(&ctx_, &memory_, state, rows_[static_cast<size_t>(row)], row);
}

void OverAggregate::merge(char* into, const char* from) { merge_(&ctx_, &memory_, into, from); }

void OverAggregate::finish(const char* state, size_t row) {
  finish_(&ctx_, &over_, state, rows_[row]);
  ctx_.scratch->reset();
}

void OverAggregate::repeat(size_t row) const { copy_fields(call_.value, rows_[row - 1], rows_[row]); }

bool OverAggregate::grows(const FrameRows& frame) const {
  for (size_t i = 1; i < size(); ++i) {
    if (frame.start[i] != frame.start[0] || frame.end[i] < frame.end[i - 1]) return false;
  }
  return true;
}

bool OverAggregate::slides(const FrameRows& frame) const {
  return std::is_sorted(frame.start.begin(), frame.start.end()) && std::is_sorted(frame.end.begin(), frame.end.end());
}

void OverAggregate::grow(const FrameRows& frame) {
  const States state = make_states(call_.state_size);
  int64_t next = frame.start[0];
  for (size_t i = 0; i < size(); ++i) {
    if (i > 0 && frame.end[i] == next) {
      repeat(i);
      continue;
    }
    for (; next < frame.end[i]; ++next) add(state.get(), next);
    finish(state.get(), i);
  }
}

void OverAggregate::one_by_one(const FrameRows& frame) {
  const States state = make_states(call_.state_size);
  for (size_t i = 0; i < size(); ++i) {
    if (i > 0 && frame.start[i] == frame.start[i - 1] && frame.end[i] == frame.end[i - 1]) {
      repeat(i);
      continue;
    }
    reset(state.get());
    for (int64_t row = frame.start[i]; row < frame.end[i]; ++row) add(state.get(), row);
    finish(state.get(), i);
  }
}

/// states[k] becomes the aggregate of rows [from + k, to).
void OverAggregate::stack_up(char* states, int64_t from, int64_t to) {
  for (int64_t row = to - 1; row >= from; --row) {
    char* state = states + static_cast<size_t>(row - from) * call_.state_size;
    reset(state);
    add(state, row);
    if (row + 1 < to) merge(state, state + call_.state_size);
  }
}

/// A frame is the rest of the front, which begins at any of its rows, and all of the back, which grows. When the frame has left the front
/// behind, what is in it becomes the new front.
void OverAggregate::by_two_stacks(const FrameRows& frame) {
  const size_t bytes = call_.state_size;
  size_t widest = 0;
  for (size_t i = 0; i < size(); ++i) widest = std::max(widest, static_cast<size_t>(frame.end[i] - frame.start[i]));
  const States front = make_states(widest * bytes);
  const States back = make_states(bytes);
  const States both = make_states(bytes);
  int64_t front_begin = 0, front_end = 0, back_end = 0;
  for (size_t i = 0; i < size(); ++i) {
    const int64_t start = frame.start[i], end = frame.end[i];
    if (start >= front_end) {
      stack_up(front.get(), start, end);
      front_begin = start;
      front_end = back_end = end;
      reset(back.get());
    }
    for (; back_end < end; ++back_end) add(back.get(), back_end);
    reset(both.get());
    if (start < front_end) merge(both.get(), front.get() + static_cast<size_t>(start - front_begin) * bytes);
    if (front_end < back_end) merge(both.get(), back.get());
    finish(both.get(), i);
  }
}

}  // namespace millrace::abi
