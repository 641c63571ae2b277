#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/connectors/kept_lines.h"
#include "runtime/engine/query_runner.h"
#include "runtime/formats/output_buffer.h"

/// A query to a checkpoint and back: where its sink is, how far it is, and what its states keep.
namespace millrace {

namespace {

constexpr uint32_t kQueryMark = snapshot_mark("QURY");
constexpr uint32_t kProgressMark = snapshot_mark("PROG");

}  // namespace

void QueryRunner::snapshot(SnapshotWriter& writer) const {
  writer.begin(kQueryMark);
  writer.put(static_cast<uint8_t>(is_complete_));
  const std::optional<std::string> place = finished_ ? final_position_ : sink_->position();
  writer.put(static_cast<uint8_t>(place.has_value()));
  writer.text(place.value_or(""));
  for (const int64_t count : {batches_, rows_in_, rows_out_, context_.rows_late, context_.rows_bad}) writer.put(count);
  if (notes_late_rows()) options_.kept_lines->snapshot(query_.late_table, writer);
  if (!is_complete_) snapshot_progress(writer);
  if (query_.view) options_.views->find(query_.view->id)->snapshot(writer, *tuples_);  // also of an ended one: queries over it run last
}

void QueryRunner::snapshot_progress(SnapshotWriter& writer) const {
  writer.begin(kProgressMark);
  for (const int64_t value : {context_.watermark_us, context_.batch_time_us, context_.sequence, context_.rows_limit_left, rows_in_batch_,
                              interval_end_us_, rows_shown_before_, output_.row_count}) {
    writer.put(value);
  }
  writer.put(static_cast<uint8_t>(batch_is_full_));
  writer.text({output_.data, static_cast<size_t>(output_.size)});
  for (const Input& input : inputs_) {
    writer.put(input.watermark.value_us());
    writer.put(input.batch_max_time_us);
    writer.put(input.batch_rows);
    writer.put(static_cast<uint8_t>(input.ended));
  }
  for (const abi::RandomState& random : random_) writer.put(random);
  states_.snapshot(writer);
}

/// Reads the part of a snapshot that is there of ended queries, too. An ended one is not opened any more.
Status QueryRunner::open_sink(SnapshotReader* saved) {
  if (saved == nullptr) return sink_->open();
  saved->expect(kQueryMark);
  is_complete_ = saved->get_flag();
  const bool has_place = saved->get_flag();
  const std::string place = saved->text();
  for (int64_t* count : {&batches_, &rows_in_, &rows_out_, &context_.rows_late, &context_.rows_bad}) *count = saved->get<int64_t>();
  if (notes_late_rows()) options_.kept_lines->restore(query_.late_table, *saved);
  if (!saved->ok()) return saved->status();
  batches_before_ = batches_;
  if (!is_complete_) return has_place ? sink_->resume(place) : sink_->open();
  finished_ = true;
  final_position_ = place;
  if (!has_place) final_position_.reset();
  // What a run that was cut short wrote behind it is none of the query's.
  Status resumed = has_place ? sink_->resume(place) : Status{};
  return resumed.ok() && has_place ? sink_->close() : resumed;
}

void QueryRunner::restore_progress(SnapshotReader& saved) {
  saved.expect(kProgressMark);
  int64_t output_rows = 0;
  for (int64_t* value : {&context_.watermark_us, &context_.batch_time_us, &context_.sequence, &context_.rows_limit_left, &rows_in_batch_,
                         &interval_end_us_, &rows_shown_before_, &output_rows}) {
    *value = saved.get<int64_t>();
  }
  batch_is_full_ = saved.get_flag();
  set_output_buffer(&output_, saved.text(), output_rows);
  for (Input& input : inputs_) {
    input.watermark.restore(saved.get<int64_t>());
    input.batch_max_time_us = saved.get<int64_t>();
    input.batch_rows = saved.get<int64_t>();
    input.ended = saved.get_flag();
  }
  for (abi::RandomState& random : random_) random = saved.get<abi::RandomState>();
  if (saved.ok()) states_.restore(saved);
  restore_view(saved);
  if (finished_) return;
  context_.batch_id = batches_;
  batch_received_ns_ = batch_started_ns_ = steady_clock_ns();
  if (interval_end_us_ == INT64_MAX) return;
  // No later than it would have been at first, whatever the wall clock says now.
  const int64_t whole_us = std::max<int64_t>(interval_end_us_ - context_.batch_time_us, 0);
  const int64_t left_us = std::clamp<int64_t>(interval_end_us_ - wall_clock_us(), 0, whole_us);
  interval_end_ns_ = batch_started_ns_ + left_us * 1000;
}

/// The rest of a query's part. Fails when that, or what was read before, is not as it should be.
void QueryRunner::restore_view(SnapshotReader& saved) {
  if (saved.ok() && query_.view) options_.views->find(query_.view->id)->restore(saved, *tuples_);
  if (!saved.ok()) fail("the checkpoint cannot be used: " + saved.status().message());
}

int64_t QueryRunner::rows_taken(int32_t source) const {
  for (const Input& input : inputs_) {
    if (input.source == source) return input.rows_taken;
  }
  return 0;
}

}  // namespace millrace
