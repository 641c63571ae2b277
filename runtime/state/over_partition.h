#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/abi/calls/over.h"
#include "runtime/abi/program.h"
#include "runtime/abi/state_spec.h"

namespace millrace::abi {

/// The frames of a partition's rows: row i looks at rows [start[i], end[i]).
struct FrameRows {
  std::vector<int64_t> start;
  std::vector<int64_t> end;
};

/// Computes window functions over one partition after another. Lives for one evaluation.
class OverPartition {
 public:
  OverPartition(const OverSpec& spec, const CompiledCode* code, PipelineContext& ctx, OverState& over, GroupTable& memory)
      : spec_(spec), code_(code), ctx_(ctx), over_(over), memory_(memory), frames_(spec.frames.size()) {}

  /// Writes the results of all functions into the rows, which are in order.
  void evaluate(std::span<char* const> rows);

 private:
  /// The rows that a function does not pass over.
  struct Eligible {
    std::vector<int64_t> rows;    ///< in order
    std::vector<int64_t> before;  ///< for each row, and behind the last: how many lie before it
  };

  int64_t size() const { return static_cast<int64_t>(rows_.size()); }
  char* row(int64_t i) const { return rows_[static_cast<size_t>(i)]; }

  void find_peers();
  void find_frame(const Frame& frame, FrameRows& out) const;
  int64_t start_of(const Frame& frame, int64_t i) const;
  int64_t end_of(const Frame& frame, int64_t i) const;
  int64_t first_by_value(const Frame& frame, const FrameBound& bound, int64_t i, bool past_equal) const;

  void compute(const OverCall& call);
  void rank(const OverCall& call);
  void ntile(const OverCall& call);
  void shift(const OverCall& call);
  void pick(const OverCall& call);
  std::optional<Eligible> eligible_rows(const OverCall& call) const;
  void take(const OverCall& call, int64_t to, int64_t from) const;
  void take_nothing(const OverCall& call, int64_t to) const;

  const OverSpec& spec_;
  const CompiledCode* code_;
  PipelineContext& ctx_;
  OverState& over_;
  GroupTable& memory_;
  std::span<char* const> rows_;
  std::vector<int64_t> peers_start_;
  std::vector<int64_t> peers_end_;
  std::vector<FrameRows> frames_;
};

/// Copies fields from one row to another.
void copy_fields(std::span<const FieldCopy> copies, const char* from, char* to);

}  // namespace millrace::abi
