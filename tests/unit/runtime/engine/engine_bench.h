#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "runtime/connectors/console_sink.h"
#include "runtime/connectors/script_source.h"
#include "runtime/engine/engine.h"
#include "runtime/hot/output.h"
#include "runtime/state/aggregate_state.h"

/// What tests of the engine share: pipelines written by hand, and a program of one query over scripts.
namespace millrace {

// Pipelines as generated code would be: a line is a number, its event time in seconds.

inline int64_t number_of(const abi::LineBlock* block, int64_t row) {
  int64_t value = 0;
  std::from_chars(block->base + block->row_begin[row], block->base + block->row_end[row], value);
  return value;
}

inline void show(abi::PipelineContext* ctx, int64_t value) {
  abi::mr_out_row_begin(ctx->output);
  abi::mr_out_json_int(ctx->output, value);
  abi::mr_out_bytes(ctx->output, "\n", 1);
}

inline void pass_through(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  for (int64_t row = from; row < to && ctx->rows_limit_left > 0; ++row) {
    show(ctx, number_of(block, row));
    --ctx->rows_limit_left;
  }
}

inline void fail_at_13(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  for (int64_t row = from; row < to; ++row) {
    if (number_of(block, row) != 13) continue;
    ctx->error = abi::PipelineError::BadRecord;
    ctx->error_row = row;
    return;
  }
}

struct CountEntry {
  abi::GroupEntry head;
  int64_t count;
};

/// count(*), ungrouped.
inline void count_rows(abi::PipelineContext* ctx, const abi::LineBlock*, int64_t from, int64_t to) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  auto* entry = reinterpret_cast<CountEntry*>(state->current->only_entry);
  entry->count += to - from;
  if (entry->head.touched == static_cast<uint32_t>(state->epoch)) return;
  entry->head.touched = static_cast<uint32_t>(state->epoch);
  abi::mr_group_touch(state->current, &entry->head);
}

/// count(*) by windows of ten seconds.
inline void count_by_window(abi::PipelineContext* ctx, const abi::LineBlock* block, int64_t from, int64_t to) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  for (int64_t row = from; row < to; ++row) {
    int64_t time = number_of(block, row) * 1'000'000;
    ctx->max_event_time_us = std::max(ctx->max_event_time_us, time);
    abi::GroupTable* table = abi::mr_pane_table(ctx, state, time - time % 10'000'000);
    if (table == nullptr) {
      ++ctx->rows_late;
      continue;
    }
    if (table->only_entry == nullptr) abi::mr_group_insert(table, 0);
    ++reinterpret_cast<CountEntry*>(table->only_entry)->count;
  }
}

inline void emit_counts(abi::PipelineContext* ctx, const abi::LineBlock*, int64_t, int64_t) {
  auto* state = static_cast<abi::AggregateState*>(ctx->states[0]);
  int64_t units = abi::mr_aggregate_emit_begin(ctx, state);
  for (int64_t i = 0; i < units; ++i) {
    const abi::EmitUnit* unit = abi::mr_aggregate_emit_unit(ctx, state, i);
    for (int64_t j = 0; j < unit->count; ++j) show(ctx, reinterpret_cast<CountEntry*>(unit->entries[j])->count);
  }
  abi::mr_aggregate_emit_end(ctx, state);
}

using Batches = std::vector<std::string>;

/// A program of one query, its inputs as scripts, its output as a list of batches with blanks for newlines.
class Bench {
 public:
  Bench() { program_.queries.resize(1); }

  abi::QuerySpec& query() { return program_.queries[0]; }
  abi::Program& program() { return program_; }
  RunOptions& options() { return options_; }
  abi::WorkSharing& sharing() { return sharing_; }

  void add_source(std::vector<std::string> batches, std::optional<int64_t> watermark_delay_us = {}) {
    abi::SourceSpec source;
    source.name = "s" + std::to_string(program_.sources.size());
    source.format = abi::Format::Text;
    source.watermark_delay_us = watermark_delay_us;
    query().sources.push_back(static_cast<int32_t>(program_.sources.size()));
    program_.sources.push_back(source);
    scripts_.push_back(std::move(batches));
  }

  /// A stream pipeline for each source, and an emission if there is one.
  void add_code(abi::PipelineFn stream, abi::PipelineFn emit = nullptr) {
    query().code = std::make_shared<abi::CompiledCode>(2);
    query().code->entry[0] = reinterpret_cast<void*>(stream);
    query().code->entry[1] = reinterpret_cast<void*>(emit);
    query().sink.format = abi::OutputFormat::Json;
    query().sink.connector = "console";
    for (int32_t source : query().sources) {
      abi::PipelineSpec pipeline;
      pipeline.source = source;
      pipeline.observes_time = stream == &count_by_window;
      query().pipelines.push_back(pipeline);
    }
    if (emit == nullptr) return;
    abi::PipelineSpec pipeline;
    pipeline.phase = abi::Phase::Emit;
    pipeline.entry = 1;
    query().pipelines.push_back(pipeline);
  }

  Batches run() {
    Batches batches;
    options_.handle_signals = false;
    options_.source_factory = [this](const abi::SourceSpec& spec) -> std::unique_ptr<Source> {
      size_t number = static_cast<size_t>(spec.name[1] - '0');
      return std::make_unique<ScriptSource>(scripts_[number]);
    };
    options_.sink_factory = [&batches](const abi::QuerySpec& query) -> std::unique_ptr<Sink> {
      auto take = [&batches](int64_t id, std::string_view text) {
        batches.resize(std::max(batches.size(), static_cast<size_t>(id) + 1));
        batches[static_cast<size_t>(id)] = text;
        std::replace(batches.back().begin(), batches.back().end(), '\n', ' ');
      };
      return std::make_unique<CaptureSink>(query, take, false);
    };
    summary_ = Engine(program_, options_).run();
    return batches;
  }

  const QuerySummary& summary() const { return summary_.queries.at(0); }

 private:
  abi::Program program_;
  abi::WorkSharing sharing_;
  RunOptions options_;
  std::vector<std::vector<std::string>> scripts_;
  RunSummary summary_;
};

inline abi::AggregateSpec counting(abi::EmitWhat what) {
  abi::AggregateSpec spec;
  spec.entry_size = sizeof(CountEntry);
  spec.has_keys = false;
  spec.what = what;
  return spec;
}

inline abi::AggregateSpec counting_windows() {
  abi::AggregateSpec spec = counting(abi::EmitWhat::Closed);
  spec.time = abi::TimeKind::Window;
  spec.drops_late = true;
  spec.size_us = spec.slide_us = spec.pane_us = 10'000'000;
  return spec;
}

}  // namespace millrace
