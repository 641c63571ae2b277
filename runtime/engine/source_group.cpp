#include "runtime/engine/source_group.h"

#include <poll.h>
#include <time.h>

#include <algorithm>

#include "runtime/base/clock.h"
#include "runtime/connectors/kept_lines.h"

namespace millrace {

namespace {

constexpr int64_t kLongestWaitUs = 100'000;
// Inputs without a descriptor to wait for (paced generators, lost connections) are looked at this often.
constexpr int64_t kLookAgainUs = 500;
constexpr int64_t kLookForAllUs = 20'000;
// How long workers go on before the clock of a query that waits for it is looked at.
constexpr int64_t kLongestShareNs = 10'000'000;
// Of a live source each worker takes about as many chunks before a batch may end.
constexpr int64_t kLiveChunksAWorker = 8;

}  // namespace

void SourceGroup::add_source(int32_t source, std::unique_ptr<SourceReader> reader) {
  Input input;
  input.source = source;
  input.reader = std::move(reader);
  if (job_.budget != nullptr) input.memory = job_.budget->add_part("bytes received of '" + job_.name_of(source) + "'");
  in_lockstep_ = in_lockstep_ || job_.batch_rows > 0 || input.reader->is_scripted();
  inputs_.push_back(std::move(input));
}

void SourceGroup::run() {
  open_sources();
  if (checkpoints_ != nullptr) {
    for (QueryRunner* query : queries_) query->wait_for_checkpoint_at_limit();
    checkpoints_->coordinator().make_lasting_by([this] { return make_lasting(); });
    // So that where the sinks began is known from the first row on.
    checkpoints_->saved() == nullptr ? checkpoint_now() : checkpoints_->saved_was_read();
  }
  run_until_over();
  if (checkpoints_ != nullptr) checkpoint_now();
}

void SourceGroup::run_until_over() {
  const int64_t batches_before = batches_ended();
  while (!is_over()) {
    if (should_stop()) {
      for (QueryRunner* query : queries_) query->stop(checkpoints_ != nullptr);
      return;
    }
    if (checkpoints_ != nullptr) {
      is_suspended_ = checkpoints_->suspends_after_batch() && batches_ended() > batches_before;
      if (is_suspended_) return;
      fail_at_limit();
      checkpoint_if_due();
    }
    step();
    if (in_lockstep_) {
      cut_if_shares_are_full();
    } else {
      run_clock();
    }
  }
}

void SourceGroup::open_sources() {
  if (std::any_of(queries_.begin(), queries_.end(), [](const QueryRunner* query) { return query->needs_one_worker(); })) job_.threads = 1;
  for (Input& input : inputs_) {
    if (job_.threads > 1) input.reader->set_read_bytes(job_.sharing.chunk_bytes);
  }
  bool all_opened = true;
  for (Input& input : inputs_) {
    Status opened = open_source(input);
    all_opened &= opened.ok();
    bool was_asked_to_stop = job_.stop_requests != nullptr && job_.stop_requests->load() != 0;
    if (opened.ok() || was_asked_to_stop) continue;
    input.ended = true;
    for (QueryRunner* query : queries_) {
      if (query->reads(input.source) && !query->finished()) query->fail(opened.message());
    }
  }
  // A stream that was not opened is nowhere to go on from.
  if (!all_opened) checkpoints_.reset();
}

Status SourceGroup::open_source(Input& input) {
  SnapshotReader* saved = checkpoints_ == nullptr ? nullptr : checkpoints_->saved();
  Status opened = saved == nullptr ? input.reader->open() : resume_input(input, *saved);
  const auto wants_more = [&](const QueryRunner* query) { return query->reads(input.source) && !query->finished(); };
  input.ended |= saved != nullptr && std::none_of(queries_.begin(), queries_.end(), wants_more);
  if (opened.ok() && checkpoints_ != nullptr && !input.ended && !input.reader->has_position() && job_.notice) {
    job_.notice("stream '" + job_.name_of(input.source) + "' cannot be read again: rows that come between the last checkpoint and a failure are lost");
  }
  return opened;
}

bool SourceGroup::is_over() const {
  return std::all_of(queries_.begin(), queries_.end(), [](const QueryRunner* query) { return query->finished(); });
}

bool SourceGroup::should_stop() const {
  if (job_.stop_requests != nullptr && job_.stop_requests->load(std::memory_order_relaxed) != 0) return true;
  return job_.deadline_ns != INT64_MAX && steady_clock_ns() >= job_.deadline_ns;
}

size_t SourceGroup::live_inputs() const {
  return static_cast<size_t>(std::count_if(inputs_.begin(), inputs_.end(), [](const Input& input) { return !input.ended; }));
}

void SourceGroup::step() {
  // With one input its read can do the waiting, which saves a system call a batch.
  bool alone = live_inputs() == 1;
  bool any = false;
  for (Input& input : inputs_) {
    // In lockstep an input gives its whole share before the next one's turn, so that rows come in the same order however they are read,
    // and in which runs.
    if (in_lockstep_ && any && should_stop()) return;
    bool took = true;
    while (took && !input.ended && !input.share_is_full) {
      took = take_from(input, alone && !any ? wait_us() : 0);
      any |= took;
      took = took && in_lockstep_ && !should_stop();
    }
  }
  if (any || in_lockstep_) {
    if (!any && !alone) wait_for_any(wait_us());
    return;
  }
  for (const Input& input : inputs_) {
    if (!input.ended && !input.reader->is_bulk()) let_idle(input.source);
  }
  end_what_has_all();
  if (!alone) wait_for_any(wait_us());
}

/// Queries that take what is there and have it.
void SourceGroup::end_what_has_all() {
  for (QueryRunner* query : queries_) {
    const bool has_all = query->wants_one_batch() && std::all_of(inputs_.begin(), inputs_.end(), [query](const Input& input) {
      return !query->reads(input.source) || input.ended || input.reader->has_given_all();
    });
    if (has_all) query->all_was_given();
  }
}

void SourceGroup::note_memory(const Input& input) const {
  if (input.memory == nullptr) return;
  if (job_.kept_lines != nullptr) job_.kept_lines_memory->store(job_.kept_lines->memory_bytes(), std::memory_order_relaxed);
  int64_t bytes = input.reader->memory_bytes();
  for (const HeldLines& held : input.shelf.held) bytes += held.chunk->memory_bytes();
  for (const auto& chunk : input.shelf.spare) bytes += chunk->memory_bytes();
  input.memory->store(bytes, std::memory_order_relaxed);
}

/// Of queries that found too much memory used.
void SourceGroup::fail_at_limit() {
  if (std::none_of(queries_.begin(), queries_.end(), [](const QueryRunner* query) { return query->waits_for_checkpoint(); })) return;
  checkpoint_now();
  for (QueryRunner* query : queries_) {
    if (query->waits_for_checkpoint()) query->fail_after_checkpoint();
  }
}

/// True when the input gave something, be it its end.
bool SourceGroup::take_from(Input& input, int64_t timeout_us) {
  note_memory(input);
  if (is_worth_sharing(input)) return share_out(input);
  if (input.has_rows()) {
    feed(input);
    return true;
  }
  return handle(input, input.next_block(timeout_us));
}

bool SourceGroup::handle(Input& input, SourceReader::Outcome outcome) {
  switch (outcome) {
    case SourceReader::Outcome::Rows:
      input.next_row = 0;
      input.end_row = input.reader->block().row_count;
      input.gave_backlog = input.reader->is_bulk();
      in_lockstep_ || input.gave_backlog ? feed(input) : feed_arrival(input);
      return true;
    case SourceReader::Outcome::Nothing:
      // What was there is a batch, whatever other streams bring meanwhile.
      if (input.gave_backlog && !input.reader->is_bulk() && !in_lockstep_) let_idle(input.source);
      input.gave_backlog = false;
      return false;
    case SourceReader::Outcome::BatchEnd:
      input.share_is_full |= job_.batch_rows <= 0;
      return true;
    case SourceReader::Outcome::CutOff:
      give_up_line(input);
      return true;
    case SourceReader::Outcome::Ended:
      end_input(input, false);
      return true;
    case SourceReader::Outcome::Failed:
      end_input(input, true);
      return true;
  }
  return false;
}

/// Its connection broke: the line is no row, but counted.
void SourceGroup::give_up_line(Input& input) {
  bool was_one = false;
  const Status kept = input.reader->take_cut_line(&was_one);
  for (QueryRunner* query : queries_) {
    if (query->finished() || !query->reads(input.source)) continue;
    if (was_one) query->count_cut_line();
    if (!kept.ok()) query->fail(kept.message());
  }
}

/// Feeds what is left of the block or of the batch's share.
void SourceGroup::feed(Input& input) {
  int64_t end = input.end_row;
  if (job_.batch_rows > 0) end = std::min(end, input.next_row + job_.batch_rows - input.share_rows);
  int64_t taken = 0;
  bool is_read = false;
  bool goes_on = false;
  std::vector<QueryRunner*> readers;  // those at work now, as some may end here
  if (notes_rows(*input.reader, queries_)) readers = readers_of(input.source);
  for (QueryRunner* query : queries_) {
    if (query->finished() || !query->reads(input.source)) continue;
    taken = std::max(taken, query->feed(input.source, input.block(), input.next_row, end, input.received_ns()));
    is_read = true;
    goes_on |= !query->finished() || query->is_complete();
  }
  keep_bad_rows(*input.reader, input.source, input.block(), input.origin(), readers);
  if (is_read && !goes_on) end = input.next_row + taken;  // the rest is for a run to come
  input.rows_given += end - input.next_row;
  input.share_rows += end - input.next_row;
  input.next_row = end;
  if (!input.has_rows() && !input.shelf.held.empty()) input.drop_held_lines();
  if (job_.batch_rows > 0) input.share_is_full = input.share_rows >= job_.batch_rows;
}

/// The lines at the front of the shelf are the block in hand; none: what there was is used up.
void SourceGroup::Input::take_held_lines() {
  next_row = shelf.held.empty() ? 0 : shelf.held.front().next_row;
  end_row = shelf.held.empty() ? 0 : shelf.held.front().chunk->block.row_count;
}

void SourceGroup::Input::drop_held_lines() {
  shelf.spare.push_back(std::move(shelf.held.front().chunk));
  shelf.held.pop_front();
  take_held_lines();
}

SourceReader::Outcome SourceGroup::Input::next_block(int64_t timeout_us) {
  if (!shelf.after_held) return reader->next_block(timeout_us);
  SourceReader::Outcome outcome = *shelf.after_held;
  shelf.after_held.reset();
  return outcome;
}

/// Workers pay when there are rows in numbers, and when batches are large enough for them. With several inputs the rows' order depends
/// on how much of each is read at a time, and is to be that of one thread.
bool SourceGroup::is_worth_sharing(const Input& input) const {
  if (job_.threads <= 1 || (!in_lockstep_ && live_inputs() > 1)) return false;
  if (input.has_rows() ? input.shelf.held.empty() : !input.reader->filled_last_read()) return false;
  int64_t room = job_.batch_rows > 0 ? job_.batch_rows - input.share_rows : INT64_MAX;
  std::vector<QueryRunner*> readers = readers_of(input.source);
  for (const QueryRunner* query : readers) room = std::min(room, query->room());
  return !readers.empty() && room >= job_.sharing.rows_min;
}

std::vector<QueryRunner*> SourceGroup::readers_of(int32_t source) const {
  std::vector<QueryRunner*> readers;
  for (QueryRunner* query : queries_) {
    if (!query->finished() && query->reads(source)) readers.push_back(query);
  }
  return readers;
}

/// Lets the workers have what the source gives, until a batch is full or the group's thread has other things to do. True when it gave
/// something, be it its end.
bool SourceGroup::share_out(Input& input) {
  if (team_ == nullptr) team_ = std::make_unique<WorkerTeam>(job_.threads);
  bool is_live = !in_lockstep_ && !input.reader->is_bulk();
  int64_t clock_stops_ns = INT64_MAX;
  if (!in_lockstep_) {
    for (const QueryRunner* query : queries_) {
      if (query->waits_for_clock()) clock_stops_ns = steady_clock_ns() + kLongestShareNs;
    }
  }
  SharedFeed::Bounds bounds;
  if (job_.batch_rows > 0) bounds.rows_max = job_.batch_rows - input.share_rows;
  if (is_live) bounds.bytes_max = job_.threads * kLiveChunksAWorker * static_cast<int64_t>(job_.sharing.chunk_bytes);
  bounds.should_stop = [this, clock_stops_ns] {
    return should_stop() || (clock_stops_ns != INT64_MAX && steady_clock_ns() >= clock_stops_ns);
  };
  if (input.has_rows()) input.shelf.held.front().next_row = input.next_row;
  SharedFeed shared(*team_, *input.reader, input.source, readers_of(input.source), input.shelf);
  SourceReader::Outcome outcome = shared.run(bounds);
  input.take_held_lines();
  input.share_rows += shared.rows_fed();
  input.rows_given += shared.rows_fed();
  if (job_.batch_rows > 0) input.share_is_full = input.share_rows >= job_.batch_rows;
  if (shared.rows_fed() > 0) input.gave_backlog = !is_live;
  if (is_live) let_idle(input.source);
  if (outcome == SourceReader::Outcome::Rows) return true;
  return handle(input, outcome) || shared.rows_fed() > 0;
}

/// Feeds all that has come with one receive, then lets queries that wait for no more end their batch.
void SourceGroup::feed_arrival(Input& input) {
  do {
    input.next_row = 0;
    input.end_row = input.reader->block().row_count;
    feed(input);
  } while (input.reader->next_received_block() == SourceReader::Outcome::Rows);
  let_idle(input.source);
}

void SourceGroup::let_idle(int32_t source) {
  for (QueryRunner* query : queries_) {
    if (query->reads(source)) query->idle();
  }
}

void SourceGroup::end_input(Input& input, bool failed) {
  input.ended = true;
  for (QueryRunner* query : queries_) {
    if (query->finished() || !query->reads(input.source)) continue;
    failed ? query->fail(input.reader->failure().message()) : query->source_ended(input.source);
  }
  // Rows of a file that has ended must not wait for a socket on which nothing comes.
  bool only_live_ones = std::none_of(inputs_.begin(), inputs_.end(),
                                     [](const Input& other) { return !other.ended && other.reader->is_bulk(); });
  if (!in_lockstep_ && only_live_ones) let_idle(input.source);
}

void SourceGroup::cut_if_shares_are_full() {
  bool any_full = false;
  for (const Input& input : inputs_) {
    if (input.ended) continue;
    if (!input.share_is_full) return;
    any_full = true;
  }
  if (!any_full) return;
  for (Input& input : inputs_) {
    if (input.ended) continue;
    input.share_is_full = false;
    input.share_rows = 0;
    if (input.has_rows()) continue;
    // Looks ahead: an input that ends here has its last batch here.
    SourceReader::Outcome outcome = input.next_block(0);
    while ((outcome == SourceReader::Outcome::BatchEnd && job_.batch_rows > 0) || outcome == SourceReader::Outcome::CutOff) {
      if (outcome == SourceReader::Outcome::CutOff) give_up_line(input);
      outcome = input.next_block(0);
    }
    if (outcome == SourceReader::Outcome::Rows) {
      input.next_row = 0;
      input.end_row = input.reader->block().row_count;
    } else {
      handle(input, outcome);
    }
  }
  for (QueryRunner* query : queries_) query->end_batch_now();
}

void SourceGroup::run_clock() {
  int64_t next = INT64_MAX;
  for (const QueryRunner* query : queries_) next = std::min(next, query->next_tick_ns());
  if (next == INT64_MAX) return;
  const int64_t now = steady_clock_ns();
  if (now < next) return;
  for (QueryRunner* query : queries_) query->tick(now);
}

/// How long there is nothing to do unless something comes; negative: for ever.
int64_t SourceGroup::wait_us() const {
  int64_t wait = INT64_MAX;
  if (job_.deadline_ns != INT64_MAX) wait = std::max<int64_t>((job_.deadline_ns - steady_clock_ns()) / 1000 + 1, 0);
  int64_t tick = INT64_MAX;
  if (!in_lockstep_) {
    for (const QueryRunner* query : queries_) tick = std::min(tick, query->next_tick_ns());
  }
  // Whether nothing is there is seen when nothing has come.
  if (std::any_of(queries_.begin(), queries_.end(), [](const QueryRunner* query) { return query->wants_one_batch(); })) wait = std::min(wait, kLookForAllUs);
  if (tick != INT64_MAX) wait = std::min(wait, std::max<int64_t>((tick - steady_clock_ns() + 999) / 1000, 0));
  return wait == INT64_MAX ? -1 : wait;
}

void SourceGroup::wait_for_any(int64_t timeout_us) {
  std::vector<pollfd> descriptors;
  int64_t wait = timeout_us < 0 ? kLongestWaitUs : std::min(timeout_us, kLongestWaitUs);
  for (const Input& input : inputs_) {
    if (input.ended || input.share_is_full) continue;
    int fd = input.reader->readiness_fd();
    if (fd >= 0) {
      descriptors.push_back({fd, POLLIN, 0});
    } else {
      wait = std::min(wait, kLookAgainUs);
    }
  }
  timespec time{static_cast<time_t>(wait / 1'000'000), static_cast<long>(wait % 1'000'000 * 1000)};
  ::ppoll(descriptors.data(), descriptors.size(), &time, nullptr);
}

}  // namespace millrace
