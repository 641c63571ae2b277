#include "runtime/engine/job_checkpoints.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace millrace {

/// Streams that a query reads together have one number.
std::vector<size_t> group_of_sources(const abi::Program& program) {
  std::vector<size_t> group(program.sources.size());
  std::iota(group.begin(), group.end(), size_t{0});
  for (const abi::QuerySpec& query : program.queries) {
    for (size_t i = 1; i < query.sources.size(); ++i) {
      size_t joined = group[static_cast<size_t>(query.sources[i])];
      size_t target = group[static_cast<size_t>(query.sources[0])];
      std::replace(group.begin(), group.end(), joined, target);
    }
  }
  return group;
}

namespace {

std::string unsaved_aggregate(const abi::QuerySpec& query) {
  for (const abi::StateSpec& state : query.states) {
    const auto* aggregate = std::get_if<abi::AggregateSpec>(&state);
    if (aggregate != nullptr && !aggregate->unsaved.empty()) return aggregate->unsaved;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<JobCheckpoints>> JobCheckpoints::open(const abi::Program& program, const CheckpointOptions& options,
                                                             const CheckpointCoordinator::Notice& notice) {
  auto folder = CheckpointFolder::open(options.folder);
  if (!folder) return folder.error();
  std::unique_ptr<JobCheckpoints> checkpoints(new JobCheckpoints(program));
  checkpoints->folder_ = std::move(folder).value();
  Status emptied = options.reset ? checkpoints->folder_->reset() : Status{};
  if (!emptied.ok()) return emptied;
  Status opened = checkpoints->open_parts(options, notice);
  if (!opened.ok()) return opened;
  return checkpoints;
}

Status JobCheckpoints::open_parts(const CheckpointOptions& options, const CheckpointCoordinator::Notice& notice) {
  std::map<size_t, std::vector<const abi::QuerySpec*>> members;
  const auto open_part = [&](const std::string& name, const std::vector<const abi::QuerySpec*>& queries,
                             std::unique_ptr<GroupCheckpoints>& part) {
    auto opened = GroupCheckpoints::open(*folder_, name, shape_of(program_, queries), options, notice);
    if (opened) part = std::move(opened).value();
    return opened ? Status{} : opened.error();
  };
  for (size_t i = 0; i < program_.queries.size(); ++i) {
    const abi::QuerySpec& query = program_.queries[i];
    if (query.reads_views) continue;
    if (const std::string function = unsaved_aggregate(query); query.streaming && !function.empty()) {
      return Status::error("not supported yet: checkpoints of the state of " + function + "()");
    }
    if (query.streaming && !query.sources.empty()) {
      members[group_of_[static_cast<size_t>(query.sources[0])]].push_back(&query);
      continue;
    }
    Status opened = open_part("query-" + std::to_string(i), {&query}, queries_[i]);
    if (!opened.ok()) return opened;
  }
  for (const auto& [number, queries] : members) {
    Status opened = open_part("streams-" + std::to_string(number), queries, groups_[number]);
    if (!opened.ok()) return opened;
  }
  return {};
}

SnapshotReader* JobCheckpoints::saved_of(size_t query) {
  const abi::QuerySpec& spec = program_.queries[query];
  return spec.sources.empty() ? nullptr : groups_[group_of_[static_cast<size_t>(spec.sources[0])]]->saved();
}

std::unique_ptr<GroupCheckpoints> JobCheckpoints::take_query(const abi::QuerySpec& query) {
  return std::move(queries_[static_cast<size_t>(&query - program_.queries.data())]);
}

}  // namespace millrace
