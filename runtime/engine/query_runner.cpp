#include "runtime/engine/query_runner.h"

#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/engine/source_reader.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/metrics/code_sampler.h"
#include "runtime/recording/run_recorder.h"

namespace millrace {

namespace {

/// Rows of an AUTO batch over input that is all there: large enough to cost nothing, and a number, so that results do not depend on how
/// the bytes happened to be read.
constexpr int64_t kBulkBatchRows = int64_t{1} << 20;
constexpr int64_t kShownLineBytes = 200;
/// From here on the time to optimise a query's code is likely to come back; below, a query has ended before.
constexpr int64_t kRowsUntilBetterCode = 20'000;

/// INT64_MAX says that the whole input has ended, which a stream without a watermark may deny; groups whose time is NULL are kept under
/// INT64_MAX - 1 and are not to be closed before.
constexpr int64_t kLatestWatermark = INT64_MAX - 2;

std::string record_text(const abi::LineBlock& block, int64_t row) {
  int64_t size = int64_t{block.row_end[row]} - block.row_begin[row];
  std::string text(block.base + block.row_begin[row], static_cast<size_t>(std::min(size, kShownLineBytes)));
  return size > kShownLineBytes ? text + "…" : text;
}

}  // namespace

QueryRunner::QueryRunner(const abi::Program& program, const abi::QuerySpec& query, const RunOptions& options,
                         std::unique_ptr<Sink> sink, const abi::TimeZone* time_zone, SharedScans& scans)
    : program_(program), query_(query), options_(options), sink_(std::move(sink)), scans_(scans), states_(query, scans),
      output_(make_output_buffer(sink_->rows_wanted())) {
  context_.states = states_.slots();
  context_.scratch = &scratch_;
  context_.output = &output_;
  context_.bad_rows = &bad_rows_;
  context_.time_zone = time_zone;
  context_.watermark_us = INT64_MIN;
  context_.next_watermark_us = INT64_MIN;
  random_.resize(static_cast<size_t>(query.generators));
  context_.random = random_.data();
  context_.rows_limit_left = query.row_limit < 0 ? INT64_MAX : query.row_limit;
  for (int32_t source : query.sources) {
    const abi::SourceSpec& spec = program.sources[static_cast<size_t>(source)];
    inputs_.push_back({source, spec.watermark_delay_us.has_value(), Watermark(spec.watermark_delay_us.value_or(0))});
  }
  if (query.view) tuples_ = &states_.tuples(query.view->result_slot);
  if (options.work != nullptr) sharing_ = &options.work->queries[static_cast<size_t>(&query - program.queries.data())];
  choose_trigger();
}

QueryRunner::~QueryRunner() { free_output_buffer(&output_); }

void QueryRunner::choose_trigger() {
  trigger_ = options_.trigger.value_or(query_.trigger);
  if (options_.batch_rows > 0) return;          // the group counts the rows of each source
  if (options_.replayed != nullptr) return;     // the recording says where batches end
  if (trigger_.kind == abi::TriggerKind::Rows) batch_row_limit_ = std::max<int64_t>(trigger_.rows, 1);
  if (trigger_.kind == abi::TriggerKind::Auto) batch_row_limit_ = kBulkBatchRows;
  if (trigger_.kind != abi::TriggerKind::Auto || trigger_.latency_us <= 0) return;
  pacer_.emplace(trigger_.latency_us);
  batch_row_limit_ = pacer_->rows_max();
}

void QueryRunner::set_up(const OpenTable& open_table, const MaterializedViews& views, SnapshotReader* saved) {
  context_.batch_time_us = clock_us();
  if (options_.recorder != nullptr) options_.recorder->set_up(number(), context_.batch_time_us);
  Status opened = open_sink(saved);
  if (!opened.ok()) return fail(opened.message());
  if (finished_ && saved != nullptr) restore_view(*saved);
  if (finished_) return;
  sink_is_open_ = true;
  read_views(views);
  context_.next_watermark_us = INT64_MAX;  // tables are read to their end
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase == abi::Phase::Setup && !finished_) run_setup_pipeline(pipeline, open_table);
  }
  if (query_.streaming) context_.next_watermark_us = INT64_MIN;
  if (query_.streaming && query_.row_limit == 0) finish();
  if (saved != nullptr && !finished_) restore_progress(*saved);
}

/// A snapshot of each view: one that is named twice is the same both times.
void QueryRunner::read_views(const MaterializedViews& views) {
  for (size_t slot = 0; slot < query_.states.size(); ++slot) {
    const auto* scan = std::get_if<abi::ViewScanSpec>(&query_.states[slot]);
    if (scan == nullptr) continue;
    const std::shared_ptr<MaterializedView> view = views.find(scan->view);
    if (view == nullptr) return fail("a materialized view that the query reads is gone");
    snapshots_[scan->view] = snapshots_.contains(scan->view) ? snapshots_[scan->view] : view->snapshot();
    const ViewSnapshot& snapshot = *snapshots_[scan->view];
    states_.tuples(static_cast<int32_t>(slot)).show(snapshot.rows);
    rows_in_ += static_cast<int64_t>(snapshot.rows.size());
  }
}

void QueryRunner::copy_rows(const std::vector<char*>& rows) {
  states_.tuples(query_.view->copy_slot).show(rows);
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase == abi::Phase::Copy) run_pipeline(pipeline, nullptr, 0, 0);
  }
  (void)states_.tuples(query_.view->copy_slot).take_rows();
}

int64_t QueryRunner::result_rows() const { return tuples_ != nullptr ? tuples_->count() : output_.row_count; }

void QueryRunner::run_setup_pipeline(const abi::PipelineSpec& pipeline, const OpenTable& open_table) {
  for (int32_t slot : pipeline.clear_slots) states_.clear(slot);
  if (pipeline.source < 0) {
    run_pipeline(pipeline, nullptr, 0, 0);
  } else {
    std::unique_ptr<SourceReader> reader;
    Status opened = open_table(pipeline.source, &reader);
    if (!opened.ok()) return fail(opened.message());
    while (!finished_ && reader->next_block(-1) == SourceReader::Outcome::Rows) {
      bad_rows_.clear();
      run_pipeline(pipeline, &reader->block(), 0, reader->block().row_count);
      if (Status kept = reader->keep_bad_rows(reader->block(), bad_rows_.rows, reader->origin()); !kept.ok()) fail(kept.message());
      check_memory();
      if (!query_.streaming) rows_in_ += reader->block().row_count;
      request_better_code();
    }
    if (!reader->failure().ok()) return fail(reader->failure().message());
  }
  for (int32_t slot : pipeline.finish_slots) states_.finish(slot);
}

void QueryRunner::run_static() {
  if (finished_) return;
  begin_batch(steady_clock_ns(), clock_us());
  int64_t fed_ns = clock_for_report();
  run_emit_pipelines();
  if (finished_) return;
  int64_t computed_ns = clock_for_report();
  int64_t rows_out = result_rows();
  write_batch();
  count_batch(rows_out, fed_ns, computed_ns);
  if (!finished_) finish();
}

void QueryRunner::run_pipeline(const abi::PipelineSpec& pipeline, const abi::LineBlock* block, int64_t from, int64_t to) {
  // A better tier may have taken the entry's place since the last call.
  void* code = query_.code->entry[static_cast<size_t>(pipeline.entry)].load(std::memory_order_acquire);
  CodeSampler::in_generated_code(code, __builtin_frame_address(0));
  context_.restarts_random = pipeline.phase == abi::Phase::Emit ? 1 : 0;
  const OutputCeiling ceiling(&output_, output_size_max(), &context_.error);
  context_.merged_bytes_max = budget_ == nullptr ? 0 : ceiling.size_max - output_.capacity;
  reinterpret_cast<abi::PipelineFn>(code)(&context_, block, from, to);
  CodeSampler::in_generated_code(nullptr, nullptr);
  scratch_.reset();
  if (context_.error == abi::PipelineError::None) return;
  abi::PipelineError error = context_.error;
  context_.error = abi::PipelineError::None;
  fail_by(pipeline, error, block, context_.error_row);
}

void QueryRunner::fail_by(const abi::PipelineSpec& pipeline, abi::PipelineError error, const abi::LineBlock* block, int64_t row) {
  if (error == abi::PipelineError::Limit) {
    context_.rows_limit_left = 0;
  } else if (error == abi::PipelineError::BadRecord && block != nullptr) {
    const std::string& name = program_.sources[static_cast<size_t>(pipeline.source)].name;
    fail("line " + std::to_string(line_number(*block, row)) + " of '" + name + "' is malformed: " + record_text(*block, row));
  } else if (error == abi::PipelineError::SeveralRows) {
    fail("a subquery that stands for a value gave more than one row: add LIMIT 1, or an aggregate such as max()");
  } else {
    fail_for_output();
  }
}

int64_t QueryRunner::feed(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to, int64_t received_ns) {
  const int64_t first = from;
  bad_rows_.clear();
  while (from < to && !finished_) {
    if (batch_is_full_) {
      end_batch();
      continue;
    }
    if (rows_in_batch_ == 0) begin_batch(received_ns, clock_us());
    int64_t end = from + std::min(to - from, batch_row_limit_ - rows_in_batch_);
    const int64_t since_ns = pacer_ ? steady_clock_ns() : 0;
    run_over_block(source, block, from, end);
    check_memory();
    if (pacer_) busy_ns_ += steady_clock_ns() - since_ns;
    rows_in_batch_ += end - from;
    request_better_code();
    from = end;
    batch_is_full_ = rows_in_batch_ >= batch_row_limit_;
    if (context_.rows_limit_left <= 0 && !finished_ && options_.replayed == nullptr) {  // nothing that follows can matter
      end_batch();
      finish();
    }
  }
  release_if_over_budget();
  if (Input* input = input_of(source)) input->rows_taken += from - first;
  return from - first;
}

void QueryRunner::request_better_code() {
  if (asked_for_better_code_ || rows_in_ + rows_in_batch_ < kRowsUntilBetterCode) return;
  asked_for_better_code_ = true;
  if (query_.code->request_optimised) query_.code->request_optimised();
}

void QueryRunner::run_over_block(int32_t source, const abi::LineBlock& block, int64_t from, int64_t to) {
  if (options_.recorder != nullptr) options_.recorder->fed(number(), source, to - from);
  Input& input = *input_of(source);
  input.batch_rows += to - from;
  if (in_parts_) return run_in_parts(input, {source, block, from, to});
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase != abi::Phase::Stream || pipeline.source != source || finished_) continue;
    context_.max_event_time_us = input.batch_max_time_us;
    run_pipeline(pipeline, &block, from, to);
    if (pipeline.observes_time) input.batch_max_time_us = context_.max_event_time_us;
  }
}

void QueryRunner::begin_batch(int64_t received_ns, int64_t at_us) {
  if (options_.recorder != nullptr) options_.recorder->began(number(), at_us);
  batch_received_ns_ = received_ns;
  batch_started_ns_ = steady_clock_ns();
  if (first_row_ns_ == 0) first_row_ns_ = batch_started_ns_;
  context_.batch_time_us = at_us;
  context_.batch_id = batches_;
  if (trigger_.kind == abi::TriggerKind::Interval) {
    int64_t interval = std::max<int64_t>(trigger_.interval_us, 1);
    interval_end_us_ = context_.batch_time_us / interval * interval + interval;
  }
  if (pacer_) interval_end_us_ = context_.batch_time_us + pacer_->wait_us();
  if (waits_for_clock()) interval_end_ns_ = batch_started_ns_ + (interval_end_us_ - context_.batch_time_us) * 1000;
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase != abi::Phase::Stream) continue;
    for (int32_t slot : pipeline.clear_slots) states_.clear(slot);
  }
}

void QueryRunner::idle() {
  if (finished_) return;
  bool takes_what_came = trigger_.kind == abi::TriggerKind::Auto || trigger_.kind == abi::TriggerKind::Once;
  bool waits = pacer_ && pacer_->wait_us() > 0 && steady_clock_ns() < interval_end_ns_;
  if (batch_is_full_ || (takes_what_came && rows_in_batch_ > 0 && !waits)) end_batch();
  if (trigger_.kind == abi::TriggerKind::Once && batches_ > batches_before_ && !finished_) finish();
}

void QueryRunner::all_was_given() {
  if (wants_one_batch() && rows_in_batch_ == 0) finish();
}

int64_t QueryRunner::next_tick_ns() const {
  bool waits = waits_for_clock() && rows_in_batch_ > 0 && !finished_;
  return waits ? interval_end_ns_ : INT64_MAX;
}

void QueryRunner::tick(int64_t now_ns) {
  if (now_ns >= next_tick_ns()) end_batch();
}

void QueryRunner::end_batch_now() {
  if (finished_ || rows_in_batch_ == 0) return;
  bool counts = trigger_.kind == abi::TriggerKind::Rows || trigger_.kind == abi::TriggerKind::Once;
  bool trigger_decides = counts && options_.batch_rows <= 0;
  if (!trigger_decides || batch_is_full_) end_batch();
}

void QueryRunner::source_ended(int32_t source) {
  Input* input = input_of(source);
  if (finished_ || input == nullptr || input->ended) return;
  input->ended = true;
  if (!all_inputs_ended()) return;
  end_batch();
  if (!finished_) finish();
}

void QueryRunner::stop(bool checkpoint_follows) {
  if (finished_) return;
  const bool leaves_open = checkpoint_follows && !waits_for_clock();
  if (rows_in_batch_ > 0 && options_.replayed == nullptr && !leaves_open) end_batch();
  if (!finished_) finish();
}

void QueryRunner::fail(std::string why) {
  if (options_.recorder != nullptr && !finished_) options_.recorder->failed(number(), why);
  if (error_.empty()) error_ = std::move(why);
  finish();
}

void QueryRunner::end_batch() {
  bool had_rows = rows_in_batch_ > 0;
  const int64_t ending_ns = pacer_ ? steady_clock_ns() : 0;
  bool complete = query_.mode == abi::EmitMode::Complete;
  const int64_t at_us = had_rows && options_.recorder == nullptr ? 0 : clock_us();
  const std::unique_lock<std::mutex> turn = record_end(at_us);
  if (!had_rows && complete && batches_ > 0 && !states_.may_show_kept_rows()) return;  // it has been shown
  if (!had_rows) begin_batch(steady_clock_ns(), at_us);
  int64_t fed_ns = clock_for_report();
  advance_watermarks();
  run_emit_pipelines();
  if (finished_) return release_if_over_budget();
  int64_t computed_ns = clock_for_report();
  int64_t rows_out = result_rows() - rows_shown_before_;
  // A batch without a result row prints nothing, unless the empty result is the news.
  if (result_rows() > 0 || (had_rows && complete)) write_batch();
  if (had_rows || rows_out > 0) count_batch(rows_out, fed_ns, computed_ns);
  if (pacer_ && had_rows) {
    pacer_->batch_ended(rows_in_batch_, busy_ns_ + last_batch_ns_ - ending_ns, last_batch_ns_);
    batch_row_limit_ = pacer_->rows_max();
    busy_ns_ = 0;
  }
  rows_in_batch_ = 0;
  batch_is_full_ = false;
  context_.watermark_us = context_.next_watermark_us;
  for (Input& input : inputs_) {
    input.batch_max_time_us = INT64_MIN;
    input.batch_rows = 0;
  }
  bool enough = options_.max_batches >= 0 && batches_ - batches_before_ >= options_.max_batches;
  if (enough || reader_gone_ || context_.rows_limit_left <= 0) finish();
}

/// A batch of one row must not pay for clocks that nobody reads.
int64_t QueryRunner::clock_for_report() const { return observer_ ? steady_clock_ns() : 0; }

void QueryRunner::count_batch(int64_t rows_out, int64_t fed_ns, int64_t computed_ns) {
  last_batch_ns_ = steady_clock_ns();
  rows_in_ += rows_in_batch_;
  rows_out_ += rows_out;
  latency_.add(last_batch_ns_ - batch_received_ns_);
  int64_t batch_id = batches_++;
  if (observer_) report_batch(batch_id, rows_out, fed_ns, computed_ns);
}

void QueryRunner::report_batch(int64_t batch_id, int64_t rows_out, int64_t fed_ns, int64_t computed_ns) const {
  BatchReport report{*this, batch_id, rows_in_batch_, rows_out, batch_started_ns_, fed_ns, computed_ns, last_batch_ns_, {}};
  for (const Input& input : inputs_) {
    report.sources.push_back({program_.sources[static_cast<size_t>(input.source)].name, input.batch_rows});
  }
  observer_(report);
}

void QueryRunner::advance_watermarks() {
  for (Input& input : inputs_) {
    input.watermark.observe(input.batch_max_time_us);
    if (input.ended) input.watermark.end();
  }
  context_.next_watermark_us = std::max(context_.watermark_us, least_watermark());
}

int64_t QueryRunner::least_watermark() const {
  if (all_inputs_ended()) return INT64_MAX;
  int64_t least = INT64_MAX;
  bool any = false;
  for (const Input& input : inputs_) {
    if (!input.has_watermark) continue;
    any = true;
    least = std::min(least, input.watermark.value_us());
  }
  return any ? std::min(least, kLatestWatermark) : INT64_MIN;
}

bool QueryRunner::all_inputs_ended() const {
  return std::all_of(inputs_.begin(), inputs_.end(), [](const Input& input) { return input.ended; });
}

void QueryRunner::run_emit_pipelines() {
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase != abi::Phase::Stream) continue;
    for (int32_t slot : pipeline.finish_slots) states_.finish(slot);
  }
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    if (pipeline.phase != abi::Phase::Emit || finished_) continue;
    for (int32_t slot : pipeline.clear_slots) states_.clear(slot);
    run_pipeline(pipeline, nullptr, 0, 0);
    for (int32_t slot : pipeline.finish_slots) states_.finish(slot);
  }
  if (Status limit = states_.limit(); !limit.ok()) return fail(limit.message());
  states_.end_batch(context_.next_watermark_us);
  check_memory();
}

void QueryRunner::write_batch() {
  const MaterializedView::CopyRows copy = [this](const std::vector<char*>& rows) { copy_rows(rows); };
  SinkResult written = sink_->write({&output_, batches_, query_.streaming, tuples_, &copy});
  if (query_.keeps_output) {
    rows_shown_before_ = output_.row_count;
  } else {
    clear_output_buffer(&output_);
  }
  reader_gone_ = written.outcome == SinkOutcome::ReaderGone;
  if (written.outcome == SinkOutcome::Failed) fail(written.status.message());
}

void QueryRunner::finish() {
  finished_ = true;
  is_complete_ = error_.empty() && (all_inputs_ended() || context_.rows_limit_left <= 0);
  if (!sink_is_open_) return;
  sink_is_open_ = false;
  if (options_.recorder != nullptr) options_.recorder->finished(number());
  Status closed = sink_->close();
  final_position_ = sink_->position();
  if (!closed.ok() && error_.empty()) error_ = closed.message();
}

bool QueryRunner::reads(int32_t source) const {
  return std::find(query_.sources.begin(), query_.sources.end(), source) != query_.sources.end();
}

QueryRunner::Input* QueryRunner::input_of(int32_t source) {
  auto found = std::find_if(inputs_.begin(), inputs_.end(), [source](const Input& input) { return input.source == source; });
  return found == inputs_.end() ? nullptr : &*found;
}

QuerySummary QueryRunner::summary() const {
  QuerySummary summary;
  summary.name = query_.name;
  summary.batches = batches_;
  summary.rows_in = rows_in_;
  summary.rows_out = rows_out_;
  summary.rows_late = context_.rows_late;
  summary.rows_bad = context_.rows_bad;
  summary.texts_replaced = output_.texts_replaced;
  summary.seconds = first_row_ns_ == 0 ? 0 : static_cast<double>(std::max(last_batch_ns_, first_row_ns_) - first_row_ns_) / 1e9;
  summary.join_rows_most = states_.join_rows_most();
  summary.join_bytes_most = states_.join_bytes_most();
  summary.tier = query_.code->optimised_us.load() != 0 ? 2 : 1;
  summary.compile_ms = query_.compile_ms;
  summary.latency_p50_ns = latency_.quantile_ns(0.5);
  summary.latency_p99_ns = latency_.quantile_ns(0.99);
  summary.reader_gone = reader_gone_;
  summary.error = error_;
  return summary;
}

}  // namespace millrace
