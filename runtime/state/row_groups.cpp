#include "runtime/state/row_groups.h"

#include <algorithm>

#include "runtime/state/row_values.h"

namespace millrace {

namespace {

void mark_present(char* row, bool is_present) { row[abi::ChangesSpec::kPresentOffset] = is_present ? 1 : 0; }

bool came_earlier(const char* a, const char* b) { return KeptRow::of(a).order < KeptRow::of(b).order; }

/// What a node of a std::set takes beside its value, in the usual implementations.
constexpr size_t kSetNodeBytes = 40;

}  // namespace

RowGroups::Group& RowGroups::group_of(char* row) {
  const uint64_t hash = hash_values(spec_.group, row);
  uint32_t number = index_.find(hash, [&](uint32_t at) { return groups_[at].hash == hash && same_values(spec_.group, groups_[at].key, row); });
  if (number == NumberIndex::kNone) {
    number = static_cast<uint32_t>(groups_.size());
    if (free_.empty()) {
      groups_.emplace_back();
    } else {
      number = free_.back();
      free_.pop_back();
    }
    Group& made = groups_[number];
    made.hash = hash;
    if (keeps_order()) made.sorted = std::make_unique<Sorted>(EarlierRow{&spec_.sort});
    index_.insert(hash, number);
  }
  KeptRow::of(row).group = number;
  groups_[number].key = row;
  return groups_[number];
}

void RowGroups::change(uint32_t number) {
  if (groups_[number].has_changed) return;
  groups_[number].has_changed = true;
  changed_.push_back(number);
}

void RowGroups::put(Group& group, char* row) {
  ++row_count_;
  ++group.row_count;
  if (group.sorted) {
    group.sorted->insert(row);
    return;
  }
  KeptRow::of(row).place = static_cast<uint32_t>(group.rows.size());
  group.rows.push_back(row);
}

void RowGroups::add(char* row) {
  put(group_of(row), row);
  change(KeptRow::of(row).group);
}

void RowGroups::remove(char* row) {
  const KeptRow& kept = KeptRow::of(row);
  Group& group = groups_[kept.group];
  if (group.sorted) group.sorted->erase(row);
  else group.rows[kept.place] = nullptr;
  --group.row_count;
  --row_count_;
  group.key = row;
  change(kept.group);
}

void RowGroups::replace(char* old, char* row) {
  const uint32_t place = KeptRow::of(old).place;
  remove(old);
  Group& group = group_of(row);
  const bool stays = KeptRow::of(old).group == KeptRow::of(row).group;
  if (group.sorted || !stays) {
    put(group, row);
  } else {
    KeptRow::of(row).place = place;
    group.rows[place] = row;
    ++group.row_count;
    ++row_count_;
  }
  change(KeptRow::of(row).group);
}

void RowGroups::show_all(Group& group, std::vector<char*>& out) {
  std::erase(group.rows, nullptr);
  // A row that came into the group in the place of another one's may have come earlier than those that are there.
  if (!std::is_sorted(group.rows.begin(), group.rows.end(), came_earlier)) std::sort(group.rows.begin(), group.rows.end(), came_earlier);
  uint32_t place = 0;
  for (char* row : group.rows) KeptRow::of(row).place = place++;
  out.insert(out.end(), group.rows.begin(), group.rows.end());
}

void RowGroups::show_first(const Group& group, std::vector<char*>& out) const {
  int64_t rank = 0, number = 0;
  const char* before = nullptr;
  for (char* row : *group.sorted) {
    ++number;
    const bool is_peer = before != nullptr && spec_.ranked_by != abi::OverFunction::RowNumber && abi::compare_tuples(spec_.sort, before, row) == 0;
    if (!is_peer) rank = spec_.ranked_by == abi::OverFunction::DenseRank ? rank + 1 : number;
    if (rank > spec_.first_rows) return;
    out.push_back(row);
    before = row;
  }
}

void RowGroups::forget(uint32_t number) {
  index_.erase(groups_[number].hash, number);
  groups_[number] = {};
  free_.push_back(number);
}

void RowGroups::show_changed(std::vector<char*>& out) {
  for (const uint32_t number : changed_) {
    Group& group = groups_[number];
    group.has_changed = false;
    if (group.row_count == 0) {
      out.push_back(const_cast<char*>(group.key));
      mark_present(out.back(), false);
      forget(number);
      continue;
    }
    const size_t first = out.size();
    if (group.sorted) show_first(group, out);
    else show_all(group, out);
    group.key = group.sorted ? *group.sorted->begin() : group.rows.front();
    std::for_each(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), [](char* row) { mark_present(row, true); });
  }
  changed_.clear();
}

void RowGroups::forget_changes() {
  for (const uint32_t number : changed_) groups_[number].has_changed = false;
  changed_.clear();
}

int64_t RowGroups::memory_bytes() const {
  const size_t of_row = sizeof(char*) + (keeps_order() ? kSetNodeBytes : 0);
  return static_cast<int64_t>(row_count_ * of_row + groups_.capacity() * sizeof(Group)) + index_.memory_bytes();
}

}  // namespace millrace
