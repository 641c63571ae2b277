#include "runtime/state/materialized_view.h"

#include <string>

#include "runtime/state/row_values.h"

namespace millrace {

namespace {

constexpr size_t kFewestSlots = 64;
// Below this, what is replaced is not worth a copy of what is not.
constexpr size_t kDeadRowsAtLeast = 10'000;

}  // namespace

Status MaterializedView::check_size(size_t rows) const {
  if (rows <= static_cast<size_t>(spec_.max_rows)) return {};
  return Status::error("materialized view '" + spec_.name + "' would hold " + std::to_string(rows) + " rows, more than max_rows = " +
                       std::to_string(spec_.max_rows) + "; it stays as the batch before left it. Let the query keep less (group, filter, " +
                       "LIMIT), or raise WITH (max_rows = …)");
}

Status MaterializedView::commit(abi::TupleBuffer& batch, const CopyRows& copy_rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto arrived = static_cast<size_t>(batch.count());
  Status status;
  switch (spec_.keeping) {
    case abi::ViewKeeping::Accumulate:
      status = check_size(rows_.size() + arrived);
      if (!status.ok()) return status;
      rows_.insert(rows_.end(), batch.rows(), batch.rows() + arrived);
      (void)batch.take_rows();
      memory_ = batch.memory();
      break;
    case abi::ViewKeeping::Replace:
      status = check_size(arrived);
      if (!status.ok()) return status;
      rows_ = batch.take_rows();
      memory_ = batch.memory();
      own_bytes_ = batch.memory()->reserved_bytes();
      batch.renew_memory();
      break;
    case abi::ViewKeeping::Upsert:
      status = upsert(batch, copy_rows);
      if (!status.ok()) return status;
      break;
  }
  ++batches_;
  latest_.reset();
  return {};
}

int64_t MaterializedView::memory_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return own_bytes_ + static_cast<int64_t>((rows_.capacity() + live_rows_ + dead_rows_) * sizeof(char*) + groups_.capacity() * sizeof(Group) +
                                           slots_.capacity() * sizeof(uint32_t));
}

/// Every row of the batch is looked up before the first is put in its place, so that a batch that is too large changes nothing that shows.
Status MaterializedView::upsert(abi::TupleBuffer& batch, const CopyRows& copy_rows) {
  const auto arrived = static_cast<size_t>(batch.count());
  char* const* rows = batch.rows();
  const auto is_present = [this](const char* row) {
    return spec_.present_offset < 0 || read_row<uint8_t>(row, static_cast<uint32_t>(spec_.present_offset)) != 0;
  };
  std::vector<size_t> group_of(arrived);
  std::vector<size_t> changed;
  size_t left = live_rows_;
  for (size_t i = 0; i < arrived; ++i) {
    group_of[i] = find_group(rows[i]);
    Group& group = groups_[group_of[i]];
    if (group.batch != batches_) {
      group.batch = batches_;
      changed.push_back(group_of[i]);
      left -= group.rows.size();
    }
    if (is_present(rows[i])) ++left;
  }
  Status status = check_size(left);
  if (!status.ok()) return status;
  for (const size_t number : changed) {
    dead_rows_ += groups_[number].rows.size();
    groups_[number].rows.clear();
  }
  for (size_t i = 0; i < arrived; ++i) {
    if (is_present(rows[i])) groups_[group_of[i]].rows.push_back(rows[i]);
    else ++dead_rows_;
  }
  live_rows_ = left;
  (void)batch.take_rows();
  if (dead_rows_ > kDeadRowsAtLeast && dead_rows_ > live_rows_) move_to_fresh_memory(batch, copy_rows);
  memory_ = batch.memory();
  return {};
}

/// The group of a row's key, made if need be.
size_t MaterializedView::find_group(const char* row) {
  if (groups_.size() * 2 >= slots_.size()) grow_slots();
  const uint64_t hash = hash_values(spec_.keys, row);
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  while (slots_[at] != 0) {
    const size_t number = slots_[at] - 1;
    if (groups_[number].hash == hash && same_values(spec_.keys, groups_[number].key, row)) return number;
    at = (at + 1) & mask;
  }
  groups_.push_back({hash, row, -1, {}});
  slots_[at] = static_cast<uint32_t>(groups_.size());
  return groups_.size() - 1;
}

void MaterializedView::grow_slots() {
  slots_.assign(slots_.empty() ? kFewestSlots : slots_.size() * 2, 0);
  const size_t mask = slots_.size() - 1;
  for (size_t number = 0; number < groups_.size(); ++number) {
    size_t at = groups_[number].hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<uint32_t>(number) + 1;
  }
}

/// Gives back what replaced rows occupy, once nobody reads them any more. Costs a copy of what is left for at least as many replaced.
void MaterializedView::move_to_fresh_memory(abi::TupleBuffer& batch, const CopyRows& copy_rows) {
  std::vector<char*> kept;
  kept.reserve(live_rows_);
  for (const Group& group : groups_) {
    if (group.rows.empty()) kept.push_back(const_cast<char*>(group.key));  // only read
    kept.insert(kept.end(), group.rows.begin(), group.rows.end());
  }
  const std::shared_ptr<abi::Arena> old = batch.memory();
  batch.renew_memory();
  copy_rows(kept);
  const std::vector<char*> copies = batch.take_rows();
  size_t next = 0;
  for (Group& group : groups_) {
    group.key = copies[next];
    if (group.rows.empty()) ++next;
    for (char*& row : group.rows) row = copies[next++];
  }
  dead_rows_ = 0;
}

std::vector<char*> MaterializedView::all_rows() const {
  if (spec_.keeping != abi::ViewKeeping::Upsert) return rows_;
  std::vector<char*> rows;
  rows.reserve(live_rows_);
  for (const Group& group : groups_) rows.insert(rows.end(), group.rows.begin(), group.rows.end());
  return rows;
}

std::shared_ptr<const ViewSnapshot> MaterializedView::snapshot() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (latest_ == nullptr) latest_ = std::make_shared<const ViewSnapshot>(ViewSnapshot{all_rows(), memory_, batches_});
  return latest_;
}

std::shared_ptr<MaterializedView> MaterializedViews::open(const abi::ViewSpec& spec) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<MaterializedView>& view = views_[spec.id];
  if (view == nullptr) view = std::make_shared<MaterializedView>(spec);
  return view;
}

std::shared_ptr<MaterializedView> MaterializedViews::find(int64_t id) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = views_.find(id);
  return found == views_.end() ? nullptr : found->second;
}

void MaterializedViews::forget(int64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  views_.erase(id);
}

}  // namespace millrace
