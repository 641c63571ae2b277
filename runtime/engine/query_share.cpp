#include "runtime/engine/query_share.h"

#include <algorithm>
#include <utility>

#include "runtime/formats/output_buffer.h"

namespace millrace {

namespace {

/// What pipelines remember of the rows in hand is to stay in the first-level cache.
constexpr int64_t kRowsAtOnce = 256;

}  // namespace

QueryShare::QueryShare(const abi::QuerySpec& query, const abi::QuerySharing& sharing, const QueryStates& whole, SharedScans& scans,
                       int32_t number, int64_t rows_wanted)
    : query_(query), sharing_(sharing), number_(number), states_(query, sharing, whole, scans, number), output_(make_output_buffer(rows_wanted)) {}

QueryShare::~QueryShare() { free_output_buffer(&output_); }

void QueryShare::begin(const abi::PipelineContext& whole) {
  context_ = whole;
  context_.states = states_.slots();
  context_.scratch = &scratch_;
  context_.output = &output_;
  context_.bad_rows = &bad_rows_;
  context_.rows_late = 0;
  context_.rows_bad = 0;
  states_.forget_rows(sharing_);
  problem_ = {};
}

void QueryShare::compute(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to, int64_t sequence) {
  context_.sequence = sequence;
  for (int64_t end = from; from < to; from = end) {
    end = std::min(to, from + kRowsAtOnce);
    compute_some(source, block, from, end);
  }
}

void QueryShare::compute_some(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to) {
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase != abi::Phase::Stream || pipeline.source != source || problem_.pipeline != nullptr) continue;
    context_.max_event_time_us = max_event_time_us_;
    // A better tier may have taken the entry's place since the last call.
    void* code = query_.code->entry[static_cast<size_t>(pipeline.entry)].load(std::memory_order_acquire);
    reinterpret_cast<abi::PipelineFn>(code)(&context_, &block, from, to);
    scratch_.reset();
    if (pipeline.observes_time) max_event_time_us_ = context_.max_event_time_us;
    if (context_.error == abi::PipelineError::None) continue;
    problem_ = {&pipeline, std::exchange(context_.error, abi::PipelineError::None), context_.error_row};
  }
}

int64_t QueryShare::hand_over_run(abi::PipelineContext& whole, QueryStates& states) {
  states.take_run(whole, states_, sharing_);
  append_output(whole.output, output_, query_.columns.size());
  clear_output_buffer(&output_);
  output_.texts_replaced = 0;
  whole.rows_late += std::exchange(context_.rows_late, 0);
  whole.rows_bad += std::exchange(context_.rows_bad, 0);
  const auto hand_over = [](std::vector<int64_t>& to, const std::vector<int64_t>& from) { to.insert(to.end(), from.begin(), from.end()); };
  hand_over(whole.bad_rows->rows, bad_rows_.rows);
  hand_over(whole.bad_rows->late, bad_rows_.late);
  bad_rows_.clear();
  return std::exchange(max_event_time_us_, INT64_MIN);
}

}  // namespace millrace
