#include "runtime/engine/replay_loop.h"

#include <time.h>

#include <algorithm>
#include <cstring>

#include "runtime/base/clock.h"

namespace millrace {

namespace {

using Kind = RecordedEvent::Kind;

constexpr int64_t kLongestSleepNs = 50'000'000;  // stops are looked for in between

}  // namespace

ReplayLoop::ReplayLoop(ReplayedJob& replayed, std::vector<QueryRunner*> queries, const MakeReader& make_reader, Options options)
    : replayed_(replayed), queries_(std::move(queries)), options_(std::move(options)) {
  for (QueryRunner* query : queries_) {
    for (const int32_t source : query->spec().sources) {
      auto bytes = std::make_unique<PushedSource>();
      PushedSource* pushed = bytes.get();
      feeds_.push_back({query, source, pushed, make_reader(source, std::move(bytes))});
    }
  }
}

void ReplayLoop::run() {
  started_ns_ = steady_clock_ns();
  // Queries over views are set up when the streams have ended.
  for (const RecordedEvent* next = replayed_.peek(); next != nullptr && next->kind != Kind::SetUp; next = replayed_.peek()) {
    if (began_at_ns_ < 0) began_at_ns_ = next->at_ns;
    if (options_.speed > 0) wait_until(next->at_ns);
    if (options_.should_stop()) return;
    const RecordedEvent event = *next;
    replayed_.take();
    play(event);
  }
}

void ReplayLoop::wait_until(int64_t at_ns) const {
  const int64_t due_ns = started_ns_ + static_cast<int64_t>(static_cast<double>(at_ns - began_at_ns_) / options_.speed);
  for (int64_t left = due_ns - steady_clock_ns(); left > 0 && !options_.should_stop(); left = due_ns - steady_clock_ns()) {
    const timespec time{0, static_cast<long>(std::min(left, kLongestSleepNs))};
    ::nanosleep(&time, nullptr);
  }
}

void ReplayLoop::play(const RecordedEvent& event) {
  QueryRunner* query = query_of(event);
  switch (event.kind) {
    case Kind::Received:
      push(event);
      return;
    case Kind::Fed:
      feed(event);
      return;
    case Kind::Ending: {
      std::vector<int32_t> ended(event.bytes.size() / sizeof(int32_t));
      if (!ended.empty()) std::memcpy(ended.data(), event.bytes.data(), ended.size() * sizeof(int32_t));
      if (query != nullptr) query->end_batch_again(ended);
      return;
    }
    case Kind::Failed:
      if (query != nullptr && !query->finished()) query->fail(std::string(event.bytes));
      return;
    case Kind::Finished:
      if (query != nullptr) query->finish_again();
      return;
    case Kind::Began:  // told the clock
    case Kind::Job:
    case Kind::Schema:
    case Kind::Program:
    case Kind::SetUp:
    case Kind::TableRead:
    case Kind::Closed:
      return;
  }
}

QueryRunner* ReplayLoop::query_of(const RecordedEvent& event) const {
  const auto found = std::find_if(queries_.begin(), queries_.end(), [&](const QueryRunner* query) { return query->number() == event.query; });
  return found == queries_.end() ? nullptr : *found;
}

void ReplayLoop::push(const RecordedEvent& event) {
  for (Feed& feed : feeds_) {
    if (feed.source == event.source && !feed.query->finished()) feed.pushed->push(event);
  }
}

void ReplayLoop::feed(const RecordedEvent& event) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(),
                                  [&](const Feed& feed) { return feed.source == event.source && feed.query->number() == event.query; });
  if (found == feeds_.end()) return;
  int64_t left = event.value;
  while (left > 0 && !found->query->finished()) {
    if (found->next_row == found->end_row && !read_on(*found)) {
      return found->query->fail("the recording lacks rows that the query was fed");
    }
    const int64_t end = std::min(found->end_row, found->next_row + left);
    const std::vector<QueryRunner*> reader{found->query};
    found->query->feed(found->source, found->reader->block(), found->next_row, end, found->reader->received_ns());
    keep_bad_rows(*found->reader, found->source, found->reader->block(), found->reader->origin(), reader);
    left -= end - found->next_row;
    found->next_row = end;
  }
}

bool ReplayLoop::read_on(Feed& feed) {
  SourceReader::Outcome outcome = feed.reader->next_block(0);
  for (; outcome == SourceReader::Outcome::CutOff; outcome = feed.reader->next_block(0)) {
    bool was_one = false;
    (void)feed.reader->take_cut_line(&was_one);  // its file is not written
    if (was_one) feed.query->count_cut_line();
  }
  if (outcome != SourceReader::Outcome::Rows) return false;
  feed.next_row = 0;
  feed.end_row = feed.reader->block().row_count;
  return true;
}

}  // namespace millrace
