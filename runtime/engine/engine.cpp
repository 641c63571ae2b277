#include "runtime/engine/engine.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "runtime/base/clock.h"
#include "runtime/base/write_all.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/durable_source.h"
#include "runtime/connectors/kept_lines.h"
#include "runtime/connectors/registry.h"
#include "runtime/engine/dead_letters.h"
#include "runtime/engine/job_checkpoints.h"
#include "runtime/engine/progress.h"
#include "runtime/engine/query_runner.h"
#include "runtime/engine/replay_loop.h"
#include "runtime/engine/shared_scans.h"
#include "runtime/engine/source_group.h"
#include "runtime/engine/source_reader.h"
#include "runtime/engine/stop_signals.h"
#include "runtime/engine/view_sink.h"
#include "runtime/recording/recording_source.h"
#include "runtime/recording/replayed_job.h"
#include "runtime/state/materialized_view.h"
#include "runtime/time/time_zone.h"

namespace millrace {

namespace {

/// One run of a program.
class Job {
 public:
  Job(const abi::Program& program, const RunOptions& options, std::atomic<int>* stop_requests);

  RunSummary run();

 private:
  bool open_dead_letters();
  bool set_up_queries();
  void observe(QueryRunner& runner);
  void run_streams(std::vector<std::unique_ptr<SourceGroup>>& groups);
  bool set_up(QueryRunner& runner, SnapshotReader* saved = nullptr);
  bool run_over_tables(QueryRunner& runner);
  void run_once(QueryRunner& runner);
  Status open_checkpoints();
  void mute_letters_of_tables();
  void query_views();
  std::unique_ptr<QueryRunner> make_runner(const abi::QuerySpec& query, const abi::TimeZone* zone, QuerySummary* failure);
  Status make_reader(int32_t source, std::unique_ptr<SourceReader>* reader);
  std::vector<std::unique_ptr<SourceGroup>> make_groups();
  void add_source(SourceGroup& group, int32_t source);
  void run_groups(std::vector<std::unique_ptr<SourceGroup>>& groups);
  void replay_streams();
  RunSummary summarize(const std::vector<std::unique_ptr<SourceGroup>>& groups);

  const abi::Program& program_;
  const RunOptions& options_;
  Progress progress_;
  ConnectorContext context_;
  SharedOutput output_;
  SourceGroup::Job group_job_;
  std::unique_ptr<JobCheckpoints> checkpoints_;        ///< nullptr: none are made
  bool is_suspended_ = false;
  std::optional<MemoryBudget> budget_;                 ///< of the queries together, where there is a limit
  SharedScans scans_;
  std::vector<std::unique_ptr<QueryRunner>> runners_;  ///< one for each query; nullptr when it could not be made
  std::vector<QuerySummary> failures_;                 ///< of those
  std::vector<std::unique_ptr<DeadLetters>> dead_letters_;  ///< one for each source that keeps them, else nullptr
};

Job::Job(const abi::Program& program, const RunOptions& options, std::atomic<int>* stop_requests)
    : program_(program), options_(options), progress_(options.progress, options.message_fd), scans_(program) {
  const int64_t memory_limit = options.memory_limit_bytes > 0 ? options.memory_limit_bytes : program.memory_limit_bytes;
  if (memory_limit > 0) budget_.emplace(memory_limit);
  context_.stop_requests = stop_requests;
  context_.notice = [this](std::string_view text) { options_.notice ? options_.notice(text) : progress_.notice(text); };
  output_.fd = options.output_fd;
  group_job_.batch_rows = options.batch_rows;
  group_job_.stop_requests = stop_requests;
  group_job_.threads = options.work == nullptr ? 1 : options.work->threads;
  group_job_.sharing = options.sharing;
  if (options.timeout_us >= 0) group_job_.deadline_ns = steady_clock_ns() + options.timeout_us * 1000;
  context_.deadline_ns = group_job_.deadline_ns;
  group_job_.notice = context_.notice;
  group_job_.program = &program;
  if (!budget_) return;
  group_job_.budget = &*budget_;
  group_job_.kept_lines = options_.kept_lines;
  group_job_.kept_lines_memory = budget_->add_part("lines kept for $errors and $late");
}

void Job::run_streams(std::vector<std::unique_ptr<SourceGroup>>& groups) {
  groups = make_groups();
  run_groups(groups);
  for (const auto& group : groups) is_suspended_ |= group->is_suspended();
}

RunSummary Job::run() {
  failures_.resize(program_.queries.size());
  std::vector<std::unique_ptr<SourceGroup>> groups;
  if (open_dead_letters() && set_up_queries()) {
    options_.replayed != nullptr ? replay_streams() : run_streams(groups);
    if (!is_suspended_) query_views();
  }
  RunSummary summary = summarize(groups);
  progress_.finish(summary, options_.summary);
  return summary;
}

bool reads(const abi::QuerySpec& query, int32_t source) {
  return std::any_of(query.pipelines.begin(), query.pipelines.end(),
                     [source](const abi::PipelineSpec& pipeline) { return pipeline.source == source; });
}

/// False when a file cannot be written: the first query that reads its source has failed then.
bool Job::open_dead_letters() {
  dead_letters_.resize(program_.sources.size());
  for (size_t i = 0; i < program_.sources.size(); ++i) {
    const abi::SourceSpec& source = program_.sources[i];
    const bool writes = options_.dead_letters && source.options.contains("dead_letter");
    KeptLines* kept = source.options.contains("keep_errors") ? options_.kept_lines : nullptr;
    if (!writes && kept == nullptr) continue;
    dead_letters_[i] = std::make_unique<DeadLetters>(source, kept, writes, context_);
    const Status opened = dead_letters_[i]->open();
    for (size_t other = 0; other < i; ++other) {
      const abi::Options& others = program_.sources[other].options;
      const bool is_same = writes && others.contains("dead_letter") && others.at("dead_letter") == source.options.at("dead_letter");
      if (!is_same || dead_letters_[other] == nullptr) continue;
      dead_letters_[other]->share_file();
      dead_letters_[i]->share_file();
    }
    if (opened.ok()) continue;
    size_t reader = 0;
    while (reader + 1 < program_.queries.size() && !reads(program_.queries[reader], static_cast<int32_t>(i))) ++reader;
    runners_.resize(reader + 1);
    for (size_t query = 0; query <= reader; ++query) failures_[query].name = program_.queries[query].name;
    failures_[reader].error = opened.message();
    return false;
  }
  return true;
}

/// Static queries run here. False when one could not be set up: then no stream is opened, as a job is whole or not at all.
bool Job::set_up_queries() {
  const abi::TimeZone* zone = find_time_zone(program_.time_zone);
  if (Status opened = open_checkpoints(); !opened.ok()) {
    failures_.front() = {.name = program_.queries.front().name, .error = opened.message()};
    runners_.resize(program_.queries.size());
    return false;
  }
  mute_letters_of_tables();
  for (size_t i = 0; i < program_.queries.size(); ++i) {
    const abi::QuerySpec& query = program_.queries[i];
    runners_.push_back(make_runner(query, zone != nullptr ? zone : utc_time_zone(), &failures_[i]));
    if (runners_.back() == nullptr) return false;
    QueryRunner& runner = *runners_.back();
    observe(runner);
    if (query.reads_views) continue;
    if (!query.streaming) {
      if (!run_over_tables(runner)) return false;
    } else if (!set_up(runner, checkpoints_ == nullptr ? nullptr : checkpoints_->saved_of(i))) {
      return false;
    }
  }
  return true;
}

Status Job::open_checkpoints() {
  if (options_.checkpoint.folder.empty()) return {};
  auto opened = JobCheckpoints::open(program_, options_.checkpoint, context_.notice);
  if (!opened) return opened.error();
  checkpoints_ = std::move(opened).value();
  return {};
}

/// Tables are read before a job's streams have their first checkpoint: when there is one, their dead letters have been kept.
void Job::mute_letters_of_tables() {
  bool goes_on = false;
  for (size_t i = 0; i < program_.queries.size(); ++i) {
    const abi::QuerySpec& query = program_.queries[i];
    goes_on |= checkpoints_ != nullptr && query.streaming && !query.reads_views && checkpoints_->saved_of(i) != nullptr;
  }
  for (size_t i = 0; i < dead_letters_.size(); ++i) {
    if (goes_on && dead_letters_[i] != nullptr && program_.sources[i].is_table) dead_letters_[i]->mute();
  }
}

/// A query over tables alone. It is a part of its own: where its sink begins is kept before, so that a run that is cut short leaves nothing that the next one
/// would double, and that it has ended is kept behind.
bool Job::run_over_tables(QueryRunner& runner) {
  std::unique_ptr<GroupCheckpoints> kept = checkpoints_ == nullptr ? nullptr : checkpoints_->take_query(runner.spec());
  if (!set_up(runner, kept == nullptr ? nullptr : kept->saved())) return false;
  const auto keep = [&] {
    if (kept == nullptr || !runner.failure().empty()) return;
    Status taken = kept->take_patiently([&](SnapshotWriter& writer) {
      kept->write_head(writer);
      runner.snapshot(writer);
      return Status{};
    });
    if (!taken.ok()) runner.fail(taken.message());
  };
  if (kept != nullptr) kept->coordinator().make_lasting_by([&] { return runner.make_lasting(); });
  if (runner.finished()) return true;
  keep();
  run_once(runner);
  keep();
  return true;
}

/// A query that has one batch, as all that it reads is there.
void Job::run_once(QueryRunner& runner) {
  const Status began = options_.replayed == nullptr ? Status{} : options_.replayed->expect(RecordedEvent::Kind::Began, runner.number());
  began.ok() ? runner.run_static() : runner.fail(began.message());
}

void Job::observe(QueryRunner& runner) {
  if (options_.progress == ProgressMode::None && !options_.batch_observer) return;
  runner.observe_batches([this](const BatchReport& batch) {
    if (options_.progress != ProgressMode::None) progress_.report(batch);
    if (options_.batch_observer) options_.batch_observer(batch);
  });
}

bool Job::set_up(QueryRunner& runner, SnapshotReader* saved) {
  if (options_.replayed != nullptr) {
    if (Status next = options_.replayed->expect(RecordedEvent::Kind::SetUp, runner.number()); !next.ok()) runner.fail(next.message());
  }
  if (runner.finished()) return runner.failure().empty();
  const auto open_table = [this](int32_t source, std::unique_ptr<SourceReader>* reader) {
    Status made = make_reader(source, reader);
    return made.ok() ? (*reader)->open() : made;
  };
  runner.set_up(open_table, *options_.views, saved);
  return runner.failure().empty();
}

/// Queries over materialized views, as the streams have left them.
void Job::query_views() {
  for (auto& runner : runners_) {
    const bool is_cut_short = options_.replayed != nullptr && !options_.replayed->goes_on_with(RecordedEvent::Kind::SetUp);
    if (runner->spec().reads_views && !is_cut_short && set_up(*runner)) run_once(*runner);
  }
}

std::unique_ptr<QueryRunner> Job::make_runner(const abi::QuerySpec& query, const abi::TimeZone* zone, QuerySummary* failure) {
  std::unique_ptr<Sink> sink;
  if (query.view) sink = std::make_unique<ViewSink>(options_.views->open(*query.view));
  if (sink == nullptr && options_.sink_factory) sink = options_.sink_factory(query);
  if (sink == nullptr) {
    auto made = make_sink(query, &output_, context_);
    if (!made) {
      failure->name = query.name;
      failure->error = made.error().message();
      return nullptr;
    }
    sink = std::move(made).value();
  }
  auto runner = std::make_unique<QueryRunner>(program_, query, options_, std::move(sink), zone, scans_);
  if (budget_) runner->limit_memory(&*budget_);
  return runner;
}

Status Job::make_reader(int32_t source, std::unique_ptr<SourceReader>* reader) {
  const abi::SourceSpec& spec = program_.sources[static_cast<size_t>(source)];
  std::unique_ptr<Source> opened;
  if (options_.source_factory) opened = options_.source_factory(spec);
  if (options_.replayed != nullptr && spec.is_table) opened = options_.replayed->table_source(source);
  if (opened == nullptr && spec.connector == abi::kKeptLinesConnector) opened = read_kept_lines(*options_.kept_lines, spec, context_);
  if (opened == nullptr) {
    auto made = make_source(spec, context_);
    if (!made) return made.error();
    opened = std::move(made).value();
    if (flag_option(spec.options, "durable")) {
      if (checkpoints_ == nullptr) {
        return Status::error("durable = true of '" + spec.name + "' needs a folder for checkpoints: --checkpoint DIR, or SET checkpoint_dir = '…'");
      }
      opened = std::make_unique<DurableSource>(std::move(opened), checkpoints_->folder().journal_path(spec.name),
                                               RetryPauses(duration_option_us(spec.options, "retry_for", kDefaultRetryForUs), context_));
    }
  }
  if (options_.recorder != nullptr) opened = std::make_unique<RecordingSource>(std::move(opened), source, spec.is_table, *options_.recorder);
  *reader = std::make_unique<SourceReader>(spec, std::move(opened));
  (*reader)->set_dead_letters(dead_letters_[static_cast<size_t>(source)].get());
  return {};
}

std::vector<std::unique_ptr<SourceGroup>> Job::make_groups() {
  std::vector<size_t> group_of = group_of_sources(program_);
  std::vector<std::unique_ptr<SourceGroup>> groups;
  for (size_t number = 0; number < program_.sources.size(); ++number) {
    auto group = std::make_unique<SourceGroup>(group_job_);
    bool has_queries = false;
    for (auto& runner : runners_) {
      const abi::QuerySpec& query = runner->spec();
      bool belongs = query.streaming && !query.sources.empty() && group_of[static_cast<size_t>(query.sources[0])] == number;
      if (!belongs) continue;
      // Of a checkpoint the ended ones are a part.
      if (!runner->finished() || checkpoints_ != nullptr) group->add_query(runner.get());
      has_queries |= !runner->finished();
    }
    if (!has_queries) continue;
    if (checkpoints_ != nullptr) group->keep_checkpoints(checkpoints_->take_group(number));
    for (size_t source = 0; source < group_of.size(); ++source) {
      if (group_of[source] == number) add_source(*group, static_cast<int32_t>(source));
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

/// Unless no query is left that reads it.
void Job::add_source(SourceGroup& group, int32_t source) {
  std::vector<QueryRunner*> readers;
  for (auto& runner : runners_) {
    if (!runner->finished() && runner->reads(source)) readers.push_back(runner.get());
  }
  if (readers.empty() && checkpoints_ == nullptr) return;  // checkpoints tell of it, though nobody wants more of it
  std::unique_ptr<SourceReader> reader;
  Status made = make_reader(source, &reader);
  if (made.ok()) return group.add_source(source, std::move(reader));
  for (QueryRunner* query : readers) query->fail(made.message());
}

void Job::run_groups(std::vector<std::unique_ptr<SourceGroup>>& groups) {
  std::vector<std::thread> threads;
  for (size_t i = 1; i < groups.size(); ++i) threads.emplace_back([group = groups[i].get()] { group->run(); });
  if (!groups.empty()) groups[0]->run();
  for (std::thread& thread : threads) thread.join();
}

void Job::replay_streams() {
  std::vector<QueryRunner*> streaming;
  for (auto& runner : runners_) {
    if (runner->spec().streaming && !runner->finished()) streaming.push_back(runner.get());
  }
  const auto make_reader = [this](int32_t source, std::unique_ptr<Source> bytes) {
    auto reader = std::make_unique<SourceReader>(program_.sources[static_cast<size_t>(source)], std::move(bytes));
    reader->set_dead_letters(dead_letters_[static_cast<size_t>(source)].get());
    return reader;
  };
  ReplayLoop(*options_.replayed, std::move(streaming), make_reader, {options_.replay_speed, [this] { return context_.stopping(); }}).run();
}

RunSummary Job::summarize(const std::vector<std::unique_ptr<SourceGroup>>& groups) {
  RunSummary summary;
  for (const auto& group : groups) group->add_checkpoint_costs(summary.checkpoints);
  summary.suspended = is_suspended_;
  for (size_t i = 0; i < runners_.size(); ++i) {
    if (runners_[i] != nullptr && !is_suspended_) runners_[i]->stop();
    summary.queries.push_back(runners_[i] != nullptr ? runners_[i]->summary() : failures_[i]);
  }
  return summary;
}

}  // namespace

Engine::Engine(const abi::Program& program, RunOptions options) : program_(program), options_(std::move(options)) {}

RunSummary Engine::run() {
  ignore_broken_pipes();
  MaterializedViews own_views;
  if (options_.views == nullptr) options_.views = &own_views;
  KeptLines own_lines(program_.max_kept_lines);
  if (options_.kept_lines == nullptr) options_.kept_lines = &own_lines;
  std::atomic<int> own_requests = 0;
  std::atomic<int>* requests = options_.stop_requests != nullptr ? options_.stop_requests : &own_requests;
  std::optional<StopSignals> signals;
  if (options_.handle_signals) signals.emplace(requests);
  return Job(program_, options_, requests).run();
}

}  // namespace millrace
