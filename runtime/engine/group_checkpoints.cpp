#include "runtime/engine/group_checkpoints.h"

#include <set>
#include <sstream>
#include <utility>

#include "runtime/base/clock.h"

namespace millrace {

namespace {

constexpr uint32_t kHeadMark = snapshot_mark("PART");

/// Options of a source by which its rows would be other ones.
constexpr std::string_view kTellingOptions[] = {"path", "pattern", "kind", "seed", "rows", "start_time", "url", "delimiter",
                                                "header", "quote", "escape", "null_value", "blank_rows", "on_error"};

std::string source_lines(const abi::SourceSpec& source) {
  std::string text = "stream '" + source.name + "': connector " + source.connector + "\n";
  for (const std::string_view name : kTellingOptions) {
    const auto found = source.options.find(std::string(name));
    if (found == source.options.end() || found->second.empty()) continue;
    text += "stream '" + source.name + "': " + found->first + " = '" + found->second + "'\n";
  }
  if (source.watermark_delay_us) {
    text += "stream '" + source.name + "': watermark delay " + std::to_string(*source.watermark_delay_us) + " us\n";
  }
  return text;
}

/// Says which of the lines is another one.
std::string first_difference(const std::string& before, const std::string& now) {
  std::istringstream a(before), b(now);
  std::string was, is;
  for (;;) {
    const bool has_was = static_cast<bool>(std::getline(a, was));
    const bool has_is = static_cast<bool>(std::getline(b, is));
    if (has_was && has_is && was == is) continue;
    return "\n  it was:  " + (has_was ? was : "(nothing)") + "\n  it is:   " + (has_is ? is : "(nothing)") + "\n";
  }
}

}  // namespace

std::string shape_of(const abi::Program& program, const std::vector<const abi::QuerySpec*>& queries) {
  std::string text;
  std::set<int32_t> sources;
  for (const abi::QuerySpec* query : queries) sources.insert(query->sources.begin(), query->sources.end());
  for (const int32_t source : sources) text += source_lines(program.sources[static_cast<size_t>(source)]);
  for (size_t i = 0; i < queries.size(); ++i) {  // not by name, which goes by the sink's
    std::istringstream lines(queries[i]->shape);
    for (std::string line; std::getline(lines, line);) text += "query " + std::to_string(i + 1) + ": " + line + "\n";
  }
  return text;
}

Result<std::unique_ptr<GroupCheckpoints>> GroupCheckpoints::open(const CheckpointFolder& folder, std::string part, std::string shape,
                                                                 const CheckpointOptions& options, CheckpointCoordinator::Notice notice) {
  const int64_t opened_ns = steady_clock_ns();
  auto latest = folder.latest(part, notice);
  if (!latest) return latest.error();
  std::unique_ptr<GroupCheckpoints> checkpoints(
      new GroupCheckpoints(folder, std::move(part), std::move(shape), options, std::move(latest).value(), opened_ns, std::move(notice)));
  Status read = checkpoints->read_head();
  if (!read.ok()) return read;
  return checkpoints;
}

GroupCheckpoints::GroupCheckpoints(const CheckpointFolder& folder, std::string part, std::string shape, const CheckpointOptions& options,
                                   CheckpointFolder::Latest latest, int64_t opened_ns, CheckpointCoordinator::Notice notice)
    : folder_(folder), shape_(std::move(shape)), suspends_(options.suspend_after_batch),
      pauses_(options.retry_for_us, {.notice = notice}), path_(std::move(latest.path)), opened_ns_(opened_ns),
      file_(std::move(latest.file)), coordinator_(folder, std::move(part), options.pace.value_or(CheckpointPace{}), latest.number, std::move(notice)) {}

Status GroupCheckpoints::read_head() {
  if (file_ == nullptr) return {};
  reader_ = file_->reader();
  reader_->expect(kHeadMark);
  const std::string shape = reader_->text();
  if (!reader_->ok()) return Status::error("the checkpoint '" + path_ + "' cannot be used: " + reader_->status().message());
  if (shape == shape_) return {};
  return Status::error("the checkpoint '" + path_ + "' is of another query:" + first_difference(shape, shape_) +
                       "go back to the SQL that it was made with, or begin anew with --checkpoint-reset");
}

Status GroupCheckpoints::take_patiently(const CheckpointCoordinator::Write& write) {
  for (;;) {
    Status taken = coordinator_.take_now(write);
    if (taken.ok()) pauses_.succeed();
    if (taken.ok()) return taken;
    if (Status lost = not_lasting(); !lost.ok()) return lost;
    Status failed = Status::error("no checkpoint: " + taken.message());
    if (!pauses_.wait(failed)) return failed;
  }
}

Status GroupCheckpoints::not_lasting() const {
  const Status& why = coordinator_.not_lasting();
  if (why.ok()) return why;
  return Status::error(why.message() + "; the disk may not have what was written since the last checkpoint: started again, the job goes on from there and writes it anew");
}

void GroupCheckpoints::saved_was_read() {
  reader_.reset();
  file_.reset();
  coordinator_.note_restore(steady_clock_ns() - opened_ns_);
}

void GroupCheckpoints::write_head(SnapshotWriter& writer) const {
  writer.begin(kHeadMark);
  writer.text(shape_);
}

}  // namespace millrace
