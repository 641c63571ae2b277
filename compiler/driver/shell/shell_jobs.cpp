#include "compiler/driver/shell/shell_jobs.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/catalog/names.h"
#include "runtime/connectors/batch_text.h"
#include "runtime/hot/time_text.h"

namespace millrace {
namespace {

constexpr int64_t kWaitStepMs = 50;

/// The console of a shell: each batch is one text.
class ShellSink final : public Sink {
 public:
  ShellSink(const abi::QuerySpec& query, Console& console) : text_(query), console_(console) {}

  Status open() override { return {}; }
  int64_t rows_wanted() const override { return text_.rows_wanted(); }
  SinkResult write(const SinkBatch& batch) override {
    std::string text = has_written_ ? std::string() : text_.header();
    has_written_ = true;
    text += text_.render(batch);
    if (console_.print(text)) return {};
    return {SinkOutcome::ReaderGone, {}};
  }
  Status close() override { return {}; }

 private:
  BatchText text_;
  Console& console_;
  bool has_written_ = false;
};

std::string state_text(JobReport::State state) {
  switch (state) {
    case JobReport::State::Running:
      return "running";
    case JobReport::State::Ended:
      return "ended";
    case JobReport::State::Stopped:
      return "stopped";
    case JobReport::State::Failed:
      return "failed";
  }
  return "";
}

std::string watermark_text(int64_t watermark_us) {
  if (watermark_us == INT64_MIN) return "";
  if (watermark_us == INT64_MAX) return "end";
  char text[abi::kTimeTextMax];
  return {text, abi::write_timestamp(text, watermark_us)};
}

bool is_running(const BackgroundJob& job) { return job.report().state == JobReport::State::Running; }

}  // namespace

std::unique_ptr<Sink> make_shell_sink(const abi::QuerySpec& query, Console& console) {
  if (query.sink.connector != "console") return nullptr;
  return std::make_unique<ShellSink>(query, console);
}

void ShellJobs::start(abi::Program program) {
  abi::QuerySpec& query = program.queries.front();
  if (query.view) {
    if (const BackgroundJob* old = find(query.name)) drop_view(old->view_id());
    (void)views_.open(*query.view);  // it can be read before its query's first batch
  } else {
    query.name = free_name(query);
  }
  if (const BackgroundJob* ended = find(query.name)) forget(ended);
  std::string name = query.name;
  RunOptions options;
  options.views = &views_;
  options.kept_lines = &kept_lines_;
  options.notice = [this, name](std::string_view text) { console_.tell(name + ": " + std::string(text) + "\n"); };
  options.sink_factory = [this](const abi::QuerySpec& spec) { return make_shell_sink(spec, console_); };
  jobs_.push_back(std::make_unique<BackgroundJob>(
      std::move(name), std::move(program), std::move(options), [this](const BackgroundJob& job, const JobReport& last) {
        if (last.state != JobReport::State::Failed) return;
        any_failed_ = true;
        console_.tell("millrace: error: query '" + job.name() + "' failed: " + last.error + "\n");
      }));
}

/// Queries without a view may share the name of their sink.
std::string ShellJobs::free_name(const abi::QuerySpec& query) {
  std::string base = query.name;
  std::replace(base.begin(), base.end(), ' ', '_');
  std::string name = base;
  for (int number = 2;; ++number) {
    const BackgroundJob* taken = find(name);
    if (taken == nullptr || (!is_running(*taken) && taken->view_id() == 0)) return name;
    name = base + "_" + std::to_string(number);
  }
}

bool ShellJobs::stop(std::string_view name) {
  auto* job = const_cast<BackgroundJob*>(find(name));
  if (job == nullptr) return false;
  job->request_stop();
  while (!job->wait(kWaitStepMs)) {
  }
  return true;
}

void ShellJobs::drop_view(int64_t view_id) {
  if (view_id == 0) return;
  std::erase_if(jobs_, [view_id](const auto& job) { return job->view_id() == view_id; });
  views_.forget(view_id);
}

void ShellJobs::forget(const BackgroundJob* job) {
  std::erase_if(jobs_, [job](const auto& other) { return other.get() == job; });
}

bool ShellJobs::wait(std::string_view name, const std::atomic<int>& interrupts) {
  if (!name.empty() && find(name) == nullptr) return false;
  for (const auto& job : jobs_) {
    if (!name.empty() && !same_name(job->name(), name)) continue;
    while (interrupts.load() == 0 && !job->wait(kWaitStepMs)) {
    }
  }
  return true;
}

void ShellJobs::stop_all() {
  for (const auto& job : jobs_) job->request_stop();
  jobs_.clear();
}

const BackgroundJob* ShellJobs::find(std::string_view name) const {
  for (const auto& job : jobs_) {
    if (same_name(job->name(), name)) return job.get();
  }
  return nullptr;
}

std::vector<std::string> ShellJobs::names() const {
  std::vector<std::string> names;
  for (const auto& job : jobs_) names.push_back(job->name());
  return names;
}

std::vector<int64_t> ShellJobs::running_views() const {
  std::vector<int64_t> views;
  for (const auto& job : jobs_) {
    if (job->view_id() != 0 && is_running(*job)) views.push_back(job->view_id());
  }
  return views;
}

std::vector<std::string> ShellJobs::report_header() {
  return {"name", "state", "batches", "rows in", "rows out", "rows/s", "watermark", "error"};
}

std::vector<std::vector<std::string>> ShellJobs::report() const {
  std::vector<std::vector<std::string>> rows;
  for (const auto& job : jobs_) {
    const JobReport r = job->report();
    rows.push_back({job->name(), state_text(r.state), std::to_string(r.batches), std::to_string(r.rows_in),
                    std::to_string(r.rows_out), fmt::format("{:.0f}", r.rows_per_second), watermark_text(r.watermark_us), r.error});
  }
  return rows;
}

}  // namespace millrace
