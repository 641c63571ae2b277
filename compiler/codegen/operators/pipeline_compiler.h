#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/expr/expr_compiler.h"
#include "compiler/codegen/operators/group_probe.h"
#include "compiler/codegen/row.h"
#include "compiler/codegen/tuple_access.h"
#include "compiler/pipeline/pipeline.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/context.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/line_block.h"

namespace millrace {

/// Generates the function of one pipeline: its source produces rows, each operator consumes the row of the one before and hands its own on,
/// and all of it is one loop [Neumann, "Efficiently compiling efficient query plans", VLDB 2011]. The sources, operators and
/// targets lie in a file each.
class PipelineCompiler {
 public:
  PipelineCompiler(ir::Emitter& emitter, const pipeline::PhysicalQuery& query, const pipeline::Pipeline& pipeline)
      : e(emitter), query_(query), pipeline_(pipeline) {}

  /// Emits `void name(PipelineContext*, const LineBlock*, int64_t from, int64_t to)`.
  void generate(const std::string& name);

 private:
  // ---- sources: produce rows ----
  void produce(const pipeline::ScanSource& source);
  void produce(const pipeline::AggregateSource& source);
  void produce(const pipeline::TupleSource& source);
  void produce(const pipeline::OverSource& source);
  void produce(const pipeline::UnmatchedSource& source);
  void produce(const pipeline::ExpiredSource& source);
  void produce(const pipeline::ValuesSource& source);
  void while_output_has_room(const std::function<void()>& body);
  void produce_group(const pipeline::AggregateState& state, ir::Pointer<abi::GroupEntry> entry,
                     ir::Pointer<const abi::EmitUnit> unit);
  /// What happens to a malformed line, by the source's on_error. Null: the row is gone through again as a row of NULLs.
  void count_error(const abi::ScanSpec& scan, ir::Int row);
  /// The row in hand is late, and dropped.
  void count_late();

  // ---- operators: consume a row, hand on their own ----
  void consume(size_t op, Row& row);
  void consume(size_t next, Row& row, const pipeline::FilterOp& op);
  void consume(size_t next, Row& row, const pipeline::ProjectOp& op);
  void consume(size_t next, Row& row, const pipeline::ObserveOp& op);
  void consume(size_t next, Row& row, const pipeline::WindowOp& op);
  void consume(size_t next, Row& row, const pipeline::GenerateOp& op);
  void consume(size_t next, Row& row, const pipeline::ProbeOp& op);
  void consume(size_t next, Row& row, const pipeline::StreamJoinOp& op);
  void consume(size_t next, Row& row, const pipeline::CountedJoinOp& op);
  void consume(size_t next, Row& row, const pipeline::LimitOp& op);
  void filter(const std::vector<const expr::Expr*>& conjuncts, size_t first, Row& row, size_t next);
  /// `body(start, end)` for each window that holds t, the earliest first.
  template <class Body>
  void for_each_window(ir::Int t, const plan::WindowSpec& window, Body body);
  template <class Body>
  void for_each_cumulation(ir::Int t, const plan::WindowSpec& window, Body body);

  // ---- targets ----
  void finish(Row& row, const pipeline::AggregateTarget& target);
  void finish(Row& row, const pipeline::JoinTarget& target);
  void finish(Row& row, const pipeline::TupleTarget& target);
  void finish(Row& row, const pipeline::OverTarget& target);
  void finish(Row& row, const pipeline::OutputTarget& target);

  SqlValue compile(const expr::Expr& expression, Row& row) { return ExprCompiler(e, context_, row).compile(expression); }
  /// Computes every column now: before a loop over matches or windows, so that a malformed field is found before the first of
  /// them has had an effect.
  void pin(Row& row);
  template <class T>
  ir::Pointer<T> state(int32_t slot) {
    return ir::Pointer<T>(e.element(states_, e.int_(slot)).raw);
  }

  ir::Emitter& e;
  const pipeline::PhysicalQuery& query_;
  const pipeline::Pipeline& pipeline_;
  ir::Pointer<abi::PipelineContext> context_;
  ir::Pointer<const abi::LineBlock> block_;
  ir::Int from_, to_;
  std::optional<ir::Int> line_;     ///< of the block: what the row in hand is made of
  ir::Pointer<void*> states_;
  ir::Slot<int64_t> latest_time_;   ///< largest event time of this call; flushed into the context at its end
  std::vector<ir::Slot<int64_t>> limit_counts_;
  ir::Pointer<abi::JoinTuple> matched_;  ///< of the innermost join in hand: the build row that matches
  ir::Label done_;                  ///< the function's end
};

}  // namespace millrace
