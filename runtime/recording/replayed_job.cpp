#include "runtime/recording/replayed_job.h"

#include <algorithm>
#include <cstring>

#include "runtime/recording/packed_texts.h"

namespace millrace {

namespace {

using Kind = RecordedEvent::Kind;
using Read = ReadResult::Kind;

/// What a read that was recorded gave; `rest` of its bytes are not handed on yet, and get shorter.
ReadResult give(const RecordedEvent& event, std::string_view& rest, std::span<char> buffer) {
  switch (static_cast<Read>(event.outcome)) {
    case Read::Data: {
      const size_t count = std::min(buffer.size(), rest.size());
      if (count > 0) std::memcpy(buffer.data(), rest.data(), count);
      rest.remove_prefix(count);
      return ReadResult::data(count, event.origin);
    }
    case Read::NextFile: return ReadResult::next_file();
    case Read::BatchEnd: return ReadResult::batch_end();
    case Read::End: return ReadResult::end();
    case Read::CutOff: return ReadResult::cut_off();
    case Read::Failed: return ReadResult::failed(Status::error(std::string(event.bytes)));
    case Read::Nothing: break;
  }
  return ReadResult::nothing();
}

class TableSource final : public Source {
 public:
  TableSource(ReplayedJob& replayed, int32_t source) : replayed_(replayed), source_(source) {}

  Status open() override { return {}; }
  bool is_bulk() const override { return true; }
  ReadResult read(std::span<char> buffer, int64_t) override {
    if (!event_) {
      const RecordedEvent* next = replayed_.peek();
      const bool fits = next != nullptr && next->kind == Kind::TableRead && next->source == source_;
      if (!fits) return ReadResult::failed(Status::error("the recording ends within a table: " + replayed_.flaw()));
      event_ = *next;
      rest_ = event_->bytes;
      replayed_.take();
    }
    ReadResult got = give(*event_, rest_, buffer);
    const bool is_used_up = got.kind != Read::Data || rest_.empty();
    if (is_used_up) event_.reset();
    return got;
  }

 private:
  ReplayedJob& replayed_;
  int32_t source_;
  std::optional<RecordedEvent> event_;
  std::string_view rest_;
};

}  // namespace

Result<std::unique_ptr<ReplayedJob>> ReplayedJob::open(const std::string& path) {
  auto file = RecordingFile::open(path);
  if (!file) return file.error();
  return of(std::move(file).value());
}

Result<std::unique_ptr<ReplayedJob>> ReplayedJob::of(std::unique_ptr<RecordingFile> file) {
  std::unique_ptr<ReplayedJob> replayed(new ReplayedJob(std::move(file)));
  if (Status read = replayed->read_job(); !read.ok()) return read;
  return replayed;
}

Status ReplayedJob::read_job() {
  const RecordedEvent* first = peek();
  if (first == nullptr || first->kind != Kind::Job) return unexpected("the job");
  const auto texts = unpack_texts(first->bytes);
  if (!texts || texts->size() != 5) return unexpected("the job");
  job_ = {(*texts)[0], (*texts)[1], (*texts)[2], (*texts)[3], (*texts)[4], static_cast<uint64_t>(first->value)};
  take();
  return {};
}

Status ReplayedJob::unexpected(const std::string& wanted) {
  if (peek() == nullptr) return Status::error(flaw().empty() ? "the recording ends early" : flaw());
  return Status::error("the recording does not fit the job: where " + wanted + " should come, there is something else");
}

Result<std::vector<std::string>> ReplayedJob::take_schema(const std::string& table) {
  const RecordedEvent* next = peek();
  auto columns = next == nullptr ? std::nullopt : unpack_texts(next->bytes);
  if (next == nullptr || next->kind != Kind::Schema || next->origin != table || !columns) return unexpected("the columns of '" + table + "'");
  take();
  return *std::move(columns);
}

Status ReplayedJob::expect_program(const abi::Program& program) {
  std::vector<std::string> names;
  for (const abi::SourceSpec& source : program.sources) names.push_back(source.name);
  for (const abi::QuerySpec& query : program.queries) names.push_back(query.name);
  const RecordedEvent* next = peek();
  if (next == nullptr) return unexpected("the job");
  if (next->kind != Kind::Program || unpack_texts(next->bytes) != names) {
    return Status::error("this version makes other streams and queries of the script than the one that recorded it (" + job_.version + ")");
  }
  wall_us_.resize(program.queries.size());
  take();
  return {};
}

const RecordedEvent* ReplayedJob::peek() {
  if (!has_looked_) next_ = file_->next();
  has_looked_ = true;
  return next_ ? &*next_ : nullptr;
}

void ReplayedJob::take() {
  const RecordedEvent event = *next_;
  has_looked_ = false;
  const uint64_t number = events_++;
  const bool has_time = event.kind == Kind::SetUp || event.kind == Kind::Began || event.kind == Kind::Ending;
  const bool is_known = event.query >= 0 && static_cast<size_t>(event.query) < wall_us_.size();
  if (has_time && is_known) wall_us_[static_cast<size_t>(event.query)] = event.value;
  if (has_time || event.kind == Kind::Fed) seed_random_numbers(job_.random_seed, number);
}

Status ReplayedJob::expect(Kind kind, int32_t query) {
  const RecordedEvent* next = peek();
  while (next != nullptr && (next->kind == Kind::Finished || next->kind == Kind::Failed) && next->query != query) {
    take();
    next = peek();
  }
  if (next != nullptr && next->kind == Kind::Failed) return Status::error(std::string(next->bytes));
  if (next == nullptr || next->kind != kind || next->query != query) return unexpected("query " + std::to_string(query));
  take();
  return {};
}

bool ReplayedJob::goes_on_with(Kind kind) {
  const RecordedEvent* next = peek();
  for (; next != nullptr && (next->kind == Kind::Finished || next->kind == Kind::Failed); next = peek()) take();
  return next != nullptr && next->kind == kind;
}

int64_t ReplayedJob::wall_us(int32_t query) const { return wall_us_[static_cast<size_t>(query)]; }

std::unique_ptr<Source> ReplayedJob::table_source(int32_t source) { return std::make_unique<TableSource>(*this, source); }

ReadResult PushedSource::read(std::span<char> buffer, int64_t) {
  if (waiting_.empty()) return ReadResult::nothing();
  RecordedEvent& first = waiting_.front();
  ReadResult got = give(first, first.bytes, buffer);
  if (got.kind != Read::Data || first.bytes.empty()) waiting_.pop_front();
  return got;
}

}  // namespace millrace
