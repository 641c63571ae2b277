#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "runtime/abi/calls/over.h"
#include "runtime/abi/program.h"
#include "runtime/abi/state_spec.h"
#include "runtime/state/over_partition.h"

namespace millrace::abi {

/// One aggregate over the frames of a partition's rows. A frame that only grows is aggregated as it grows; small ones row by row, which gives
/// sums of doubles exactly as if each frame were summed on its own; large ones by two stacks, a few merges a row however
/// large they are [Tangwongsan, Hirzel, Schneider, "Low-latency sliding-window aggregation in worst-case constant time", DEBS 2017].
class OverAggregate {
 public:
  OverAggregate(const OverCall& call, const CompiledCode* code, PipelineContext& ctx, OverState& over, GroupTable& memory);

  void evaluate(std::span<char* const> rows, const FrameRows& frame);

 private:
  bool grows(const FrameRows& frame) const;
  bool slides(const FrameRows& frame) const;
  void grow(const FrameRows& frame);
  void one_by_one(const FrameRows& frame);
  void by_two_stacks(const FrameRows& frame);
  void stack_up(char* states, int64_t from, int64_t to);

  size_t size() const { return rows_.size(); }
  void reset(char* state) const;
  void add(char* state, int64_t row);
  void merge(char* into, const char* from);
  void finish(const char* state, size_t row);
  void repeat(size_t row) const;  ///< the result of the row before

  const OverCall& call_;
  PipelineContext& ctx_;
  OverState& over_;
  GroupTable& memory_;
  OverAddFn add_;
  OverMergeFn merge_;
  OverFinishFn finish_;
  std::span<char* const> rows_;
};

}  // namespace millrace::abi
