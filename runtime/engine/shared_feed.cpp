#include "runtime/engine/shared_feed.h"

#include <algorithm>
#include <utility>

namespace millrace {

SharedFeed::SharedFeed(WorkerTeam& team, SourceReader& reader, int32_t source, std::vector<QueryRunner*> queries, ChunkShelf& shelf)
    : team_(team), reader_(reader), source_(source), queries_(std::move(queries)), shelf_(shelf), next_line_(reader.next_line()) {}

SourceReader::Outcome SharedFeed::run(const Bounds& bounds) {
  bounds_ = bounds;
  SourceReader::Outcome first = take_first();
  if (first != SourceReader::Outcome::Rows) return first;
  row_budget_ = bounds.rows_max;
  // A full batch ends now that a row has come; that may have been the query's last one.
  for (QueryRunner* query : queries_) {
    if (query->shares_rows()) row_budget_ = std::min(row_budget_, query->make_room());
  }
  std::erase_if(queries_, [](const QueryRunner* query) { return query->finished(); });
  if (queries_.empty()) return SourceReader::Outcome::Rows;
  for (QueryRunner* query : queries_) {
    if (query->shares_rows()) query->begin_shares(team_.size(), shelf_.held.front().chunk->received_ns);
  }
  team_.run([this](int32_t worker) { work(worker); });
  for (QueryRunner* query : queries_) {
    if (query->shares_rows()) query->end_shares();
  }
  const SourceReader::Outcome outcome = end_reading();
  reader_.lines_were_taken_until(next_line_);
  std::sort(left_over_.begin(), left_over_.end(), [](const Turn& a, const Turn& b) { return a.number > b.number; });
  for (Turn& turn : left_over_) shelf_.held.push_front(std::move(turn.lines));
  if (shelf_.held.empty() || outcome == SourceReader::Outcome::Rows) return outcome;
  if (outcome != SourceReader::Outcome::Nothing) shelf_.after_held = outcome;
  return SourceReader::Outcome::Rows;
}

/// Has the reader go on behind the ranges. What they end by is as it would have been in one piece.
SourceReader::Outcome SharedFeed::end_reading() {
  if (ranges_ == nullptr) return outcome_;
  reader_.end_ranges(*ranges_, failure_);
  return reader_.failure().ok() ? outcome_ : SourceReader::Outcome::Failed;
}

/// What comes behind the lines that wait.
SourceReader::Outcome SharedFeed::read(LineChunk* chunk) {
  if (!shelf_.after_held) return reader_.next_chunk(chunk, 0);
  SourceReader::Outcome outcome = *shelf_.after_held;
  shelf_.after_held.reset();
  return outcome;
}

/// Sees to it that there are lines with a row.
SourceReader::Outcome SharedFeed::take_first() {
  while (shelf_.held.empty()) {
    std::unique_ptr<LineChunk> chunk = empty_chunk(0);
    SourceReader::Outcome outcome = read(chunk.get());
    bool has_rows = false;
    if (outcome == SourceReader::Outcome::Rows) {
      reader_.index(chunk.get());
      number_lines(*chunk);
      has_rows = chunk->block.row_count > 0;
    }
    if (has_rows) {
      shelf_.held.push_back({std::move(chunk), 0});
      break;
    }
    shelf_.spare.push_back(std::move(chunk));
    reader_.lines_were_taken_until(next_line_);
    if (outcome != SourceReader::Outcome::Rows) return outcome;
  }
  return SourceReader::Outcome::Rows;
}

void SharedFeed::work(int32_t worker) {
  Turn turn;
  while (take(worker, &turn)) {
    LineChunk& chunk = *turn.lines.chunk;
    if (turn.range) read_range(turn);
    reader_.index(&chunk);
    wait_for_turn(place_turn_, turn.number);
    int64_t to = place(turn);
    pass_turn(place_turn_);
    int64_t from = turn.lines.next_row;
    for (QueryRunner* query : queries_) {
      if (from < to && query->shares_rows()) query->compute_share(worker, {source_, chunk.block, from, to}, turn.number);
    }
    wait_for_turn(hand_turn_, turn.number);
    hand_over(worker, turn, to);
    pass_turn(hand_turn_);
    for (QueryRunner* query : queries_) {
      if (query->shares_rows()) query->add_shares(worker, false);
    }
    put_away(worker, std::move(turn), to);
  }
  for (QueryRunner* query : queries_) {
    if (query->shares_rows()) query->add_shares(worker, true);
  }
}

bool SharedFeed::take(int32_t worker, Turn* turn) {
  std::unique_lock<std::mutex> lock(reading_, std::defer_lock);
  lock_soon(lock);
  if (stopped_) return false;
  if (!shelf_.held.empty()) {
    *turn = {next_number_++, std::move(shelf_.held.front()), false, {}};
    shelf_.held.pop_front();
    return true;
  }
  bool enough = is_over_.load(std::memory_order_relaxed) || rows_fed() >= row_budget_ || bytes_taken_ >= bounds_.bytes_max;
  stopped_ = enough || (bounds_.should_stop && bounds_.should_stop());
  if (stopped_) return false;
  std::unique_ptr<LineChunk> chunk = empty_chunk(worker);
  if (ranges_ == nullptr && !shelf_.after_held) ranges_ = reader_.begin_ranges();
  if (ranges_ != nullptr) return claim(std::move(chunk), turn);
  outcome_ = read(chunk.get());
  stopped_ = outcome_ != SourceReader::Outcome::Rows;
  if (stopped_) {
    shelf_.spare.push_back(std::move(chunk));
    return false;
  }
  bytes_taken_ += static_cast<int64_t>(chunk->size);
  *turn = {next_number_++, {std::move(chunk), 0}, true, {}};
  return true;
}

/// A range for the chunk. Behind the last one there may be a piece of a line that is somebody's: who is called next reads on.
bool SharedFeed::claim(std::unique_ptr<LineChunk> chunk, Turn* turn) {
  const std::optional<LineRanges::Range> range = ranges_->claim();
  stopped_ = !range || !failure_.ok();
  if (stopped_) {
    shelf_.spare.push_back(std::move(chunk));
    return false;
  }
  bytes_taken_ += range->end - range->begin;
  *turn = {next_number_++, {std::move(chunk), 0}, true, range};
  return true;
}

void SharedFeed::read_range(const Turn& turn) {
  Status read = reader_.read_range(*ranges_, *turn.range, turn.lines.chunk.get());
  if (read.ok()) return;
  std::lock_guard<std::mutex> lock(reading_);
  failure_ = read;
}

/// A worker gets memory that it had before: what is read into memory that another processor has just used costs three times as much.
std::unique_ptr<LineChunk> SharedFeed::empty_chunk(int32_t worker) {
  const auto is_own = [worker](const std::unique_ptr<LineChunk>& chunk) { return chunk->worker == worker; };
  const auto own = std::find_if(shelf_.spare.begin(), shelf_.spare.end(), is_own);
  if (own == shelf_.spare.end()) {
    auto chunk = std::make_unique<LineChunk>();
    chunk->worker = worker;
    return chunk;
  }
  std::unique_ptr<LineChunk> chunk = std::move(*own);
  shelf_.spare.erase(own);
  return chunk;
}

void SharedFeed::number_lines(LineChunk& chunk) {
  if (chunk.begins_source) next_line_ = 1;
  chunk.block.first_line = next_line_ + chunk.lines_before_row;
  next_line_ += chunk.lines;
}

/// Decides which of the rows belong to the batches in hand: returns the end of them.
int64_t SharedFeed::place(Turn& turn) {
  if (turn.is_new) number_lines(*turn.lines.chunk);
  int64_t placed = rows_fed();
  int64_t rows = std::min(turn.lines.chunk->block.row_count - turn.lines.next_row, row_budget_ - placed);
  rows_placed_.store(placed + rows, std::memory_order_relaxed);
  return turn.lines.next_row + rows;
}

void SharedFeed::hand_over(int32_t worker, const Turn& turn, int64_t to) {
  const LineChunk& chunk = *turn.lines.chunk;
  if (turn.lines.next_row >= to) return;
  std::vector<QueryRunner*> readers;
  for (QueryRunner* query : queries_) {
    if (!query->finished()) readers.push_back(query);
  }
  for (QueryRunner* query : readers) {
    if (query->shares_rows()) {
      query->take_share(worker, {source_, chunk.block, turn.lines.next_row, to});
    } else {
      query->feed(source_, chunk.block, turn.lines.next_row, to, chunk.received_ns);
    }
  }
  keep_bad_rows(reader_, source_, chunk.block, chunk.origin, readers);
  bool nobody_listens = std::all_of(queries_.begin(), queries_.end(), [](const QueryRunner* query) { return query->finished(); });
  const auto shares_end = [](const QueryRunner* query) { return query->shares_rows() && query->wants_no_more_shares(); };
  if (nobody_listens || std::any_of(queries_.begin(), queries_.end(), shares_end)) is_over_.store(true, std::memory_order_relaxed);
}

void SharedFeed::put_away(int32_t worker, Turn turn, int64_t fed_until) {
  std::unique_lock<std::mutex> lock(reading_, std::defer_lock);
  lock_soon(lock);
  turn.lines.chunk->worker = worker;
  if (fed_until < turn.lines.chunk->block.row_count) {
    turn.lines.next_row = fed_until;
    left_over_.push_back(std::move(turn));
  } else {
    shelf_.spare.push_back(std::move(turn.lines.chunk));
  }
}

}  // namespace millrace
