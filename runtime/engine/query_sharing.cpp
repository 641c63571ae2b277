#include <algorithm>
#include <utility>

#include "runtime/base/clock.h"
#include "runtime/engine/query_runner.h"
#include "runtime/recording/run_recorder.h"

/// A query whose rows workers compute side by side.
namespace millrace {

int64_t QueryRunner::make_room() {
  if (batch_is_full_) end_batch();
  return room();
}

void QueryRunner::begin_shares(int32_t workers, int64_t received_ns) {
  if (rows_in_batch_ == 0) begin_batch(received_ns, clock_us());
  for (auto number = static_cast<int32_t>(shares_.size()) + 1; number <= workers; ++number) {
    shares_.push_back(std::make_unique<QueryShare>(query_, *sharing_, states_, scans_, number, sink_->rows_wanted()));
  }
  if (in_parts_) keep_in_parts();
  for (auto& share : shares_) share->begin(context_);
  share_bytes_.resize(shares_.size());
  share_rows_.assign(shares_.size(), 0);
  shared_runs_ = 0;
  shares_begun_ns_ = pacer_ ? steady_clock_ns() : 0;
}

void QueryRunner::compute_share(int32_t worker, const RowRun& run, int64_t number) {
  // first() and last() compare these; a run has fewer than 2^32 of them.
  int64_t sequence = ((context_.sequence >> 32) + 1 + number) << 32;
  shares_[static_cast<size_t>(worker)]->compute(run.source, run.block, run.from, run.to, sequence);
}

void QueryRunner::take_share(int32_t worker, const RowRun& run) {
  bad_rows_.clear();
  if (finished_) return;
  QueryShare& share = *shares_[static_cast<size_t>(worker)];
  if (options_.recorder != nullptr) options_.recorder->fed(this->number(), run.source, run.to - run.from);
  Input& input = *input_of(run.source);
  input.batch_max_time_us = std::max(input.batch_max_time_us, share.hand_over_run(context_, states_));
  const QueryShare::Problem& problem = share.problem();
  if (problem.pipeline != nullptr) return fail_by(*problem.pipeline, problem.error, &run.block, problem.row);
  input.batch_rows += run.to - run.from;
  input.rows_taken += run.to - run.from;
  rows_in_batch_ += run.to - run.from;
  ++shared_runs_;
  judge_sharing(worker, run.to - run.from);
  if (budget_ != nullptr) share_bytes_[static_cast<size_t>(worker)] = share.memory_bytes();
  check_memory();
  request_better_code();
}

void QueryRunner::add_shares(int32_t worker, bool all) {
  if (in_parts_) shares_[static_cast<size_t>(worker)]->add_waiting(states_, all);
}

/// From now on, or from a batch's begin on that has forgotten them.
void QueryRunner::keep_in_parts() {
  states_.keep_in_parts(*sharing_);
  for (auto& share : shares_) share->write_rows_down();
}

/// A group that is new to a worker is made twice, and merged when the shares end. Where rows mostly bring new groups nothing is left to gain.
void QueryRunner::judge_sharing(int32_t worker, int64_t rows) {
  constexpr int64_t kRowsAGroup = 4;
  int64_t& of_worker = share_rows_[static_cast<size_t>(worker)];
  of_worker += rows;
  if (in_parts_ || of_worker < options_.sharing.rows_to_judge) return;
  finds_sharing_costly_ |= shares_[static_cast<size_t>(worker)]->group_count() * kRowsAGroup > of_worker;
}

void QueryRunner::end_shares() {
  release_if_over_budget();
  if (finished_) return;  // it failed; what workers did since was not taken
  if (pacer_) busy_ns_ += steady_clock_ns() - shares_begun_ns_;
  for (auto& share : shares_) share->hand_over_rest(context_, states_);
  context_.sequence = ((context_.sequence >> 32) + 1 + shared_runs_) << 32;
  if (std::exchange(finds_sharing_costly_, false)) {
    in_parts_ = QueryStates::can_keep_in_parts(*sharing_);
    sharing_costs_ = !in_parts_;
    if (in_parts_) keep_in_parts();
  }
  batch_is_full_ = rows_in_batch_ >= batch_row_limit_;
}

/// Rows that are not shared out, while groups are in parts: as one worker's.
void QueryRunner::run_in_parts(Input& input, const RowRun& run) {
  keep_in_parts();
  QueryShare& share = *shares_.front();
  share.begin(context_);
  share.compute(run.source, run.block, run.from, run.to, context_.sequence);
  context_.sequence = share.sequence();
  input.batch_max_time_us = std::max(input.batch_max_time_us, share.hand_over_run(context_, states_));
  share.add_waiting(states_, true);
  const QueryShare::Problem& problem = share.problem();
  if (problem.pipeline != nullptr) fail_by(*problem.pipeline, problem.error, &run.block, problem.row);
}

}  // namespace millrace
