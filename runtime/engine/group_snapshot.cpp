#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/engine/source_group.h"

/// A group's checkpoints: its queries, then its streams, each with the lines that were received and not fed yet. Those are part of it, so that a place
/// in a stream is simply how far it was read.
namespace millrace {

namespace {

constexpr uint32_t kInputMark = snapshot_mark("STRM");

}  // namespace

/// Every query has all the rows that the group has given so far, or wants no more. One that was ended by --max-batches while others went on has not.
bool SourceGroup::is_consistent() const {
  for (const QueryRunner* query : queries_) {
    if (!query->failure().empty()) return false;
    if (query->is_complete()) continue;
    for (const Input& input : inputs_) {
      if (query->reads(input.source) && query->rows_taken(input.source) != input.rows_given) return false;
    }
  }
  return true;
}

int64_t SourceGroup::batches_ended() const {
  int64_t batches = 0;
  for (const QueryRunner* query : queries_) batches += query->batches();
  return batches;
}

Status SourceGroup::make_lasting() const {
  for (const QueryRunner* query : queries_) {
    Status lasting = query->make_lasting();
    if (!lasting.ok()) return lasting;
  }
  for (const Input& input : inputs_) {
    Status lasting = input.ended ? Status{} : input.reader->make_lasting();
    if (!lasting.ok()) return lasting;
  }
  return {};
}

Status SourceGroup::write_checkpoint(SnapshotWriter& writer) const {
  checkpoints_->write_head(writer);
  for (const QueryRunner* query : queries_) query->snapshot(writer);
  for (const Input& input : inputs_) snapshot_input(input, writer);
  return {};
}

void SourceGroup::checkpoint_if_due() {
  if (!checkpoints_->coordinator().is_due(batches_ended()) || !is_consistent()) return;
  if (const Status lost = checkpoints_->not_lasting(); !lost.ok()) return fail_all(lost);
  release_places();
  note_places();
  checkpoints_->coordinator().take_in_background([this](SnapshotWriter& writer) { return write_checkpoint(writer); });
}

void SourceGroup::note_places() {
  Places& places = places_.emplace_back();
  places.checkpoint = checkpoints_->coordinator().next_number();
  for (const Input& input : inputs_) places.of_input.push_back(input.ended ? "" : input.reader->position());
}

/// The checkpoint before the last whole one is kept, too, and may be gone on from.
void SourceGroup::release_places() {
  const int64_t kept = checkpoints_->coordinator().last_whole() - static_cast<int64_t>(CheckpointFolder::kKept) + 1;
  while (!places_.empty() && places_.front().checkpoint <= kept) {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (!places_.front().of_input[i].empty()) inputs_[i].reader->release(places_.front().of_input[i]);
    }
    places_.pop_front();
  }
}

void SourceGroup::checkpoint_now() {
  if (!is_consistent()) return;
  Status taken = checkpoints_->take_patiently([this](SnapshotWriter& writer) { return write_checkpoint(writer); });
  if (!taken.ok()) fail_all(taken);
}

void SourceGroup::fail_all(const Status& why) {
  for (QueryRunner* query : queries_) query->fail(why.message());
}

void SourceGroup::add_checkpoint_costs(CheckpointCosts& sum) const {
  if (checkpoints_ == nullptr) return;
  const CheckpointCosts& costs = checkpoints_->coordinator().costs();
  sum.taken += costs.taken;
  sum.hold_longest_ns = std::max(sum.hold_longest_ns, costs.hold_longest_ns);
  sum.bytes += costs.bytes;
  sum.bytes_written += costs.bytes_written;
  sum.restore_ns = std::max(sum.restore_ns, costs.restore_ns);
}

void SourceGroup::snapshot_input(const Input& input, SnapshotWriter& writer) const {
  writer.begin(kInputMark);
  writer.put(input.source);
  for (const bool flag : {input.ended, input.share_is_full, input.gave_backlog, input.shelf.after_held.has_value()}) {
    writer.put(static_cast<uint8_t>(flag));
  }
  writer.put(input.shelf.after_held.value_or(SourceReader::Outcome::Nothing));
  writer.put(input.share_rows);
  input.reader->snapshot_errors(writer);
  if (input.ended) return;
  const auto write_lines = [&writer](const abi::LineBlock& block, int64_t row, const char* end, const std::string& origin) {
    writer.text(origin);
    const char* begin = block.base + block.row_begin[row];
    writer.put(line_number(block, row));
    writer.text({begin, static_cast<size_t>(end - begin)});
  };
  const bool has_block = input.shelf.held.empty() && input.has_rows();
  writer.put(static_cast<uint64_t>(has_block ? 1 : input.shelf.held.size()));
  if (has_block) write_lines(input.reader->block(), input.next_row, input.reader->block_end(), input.reader->origin());
  for (const HeldLines& held : input.shelf.held) {
    const bool is_front = &held == &input.shelf.held.front();
    write_lines(held.chunk->block, is_front ? input.next_row : held.next_row, held.chunk->bytes.data() + held.chunk->size, held.chunk->origin);
  }
  input.reader->snapshot(writer);
}

Status SourceGroup::resume_input(Input& input, SnapshotReader& saved) {
  saved.expect(kInputMark);
  if (saved.get<int32_t>() != input.source && saved.ok()) saved.fail("the checkpoint has other streams");
  input.ended = saved.get_flag();
  input.share_is_full = saved.get_flag();
  input.gave_backlog = saved.get_flag();
  const bool has_outcome = saved.get_flag();
  const auto outcome = saved.get<SourceReader::Outcome>();
  if (has_outcome) input.shelf.after_held = outcome;
  input.share_rows = saved.get<int64_t>();
  input.reader->restore_errors(saved);
  if (input.ended) return saved.status();
  const uint64_t held = saved.get_count(1);
  for (uint64_t i = 0; i < held && saved.ok(); ++i) {
    const std::string origin = saved.text();
    const auto first_line = saved.get<int64_t>();
    for (auto& chunk : input.reader->chunks_of(saved.text(), first_line)) {
      chunk->received_ns = steady_clock_ns();
      chunk->origin = origin;
      input.shelf.held.push_back({std::move(chunk), 0});
    }
  }
  input.take_held_lines();
  return input.reader->resume(saved);
}

}  // namespace millrace
