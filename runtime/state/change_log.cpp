#include "runtime/state/change_log.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "runtime/abi/string_ref.h"
#include "runtime/base/memory.h"
#include "runtime/state/row_values.h"
#include "runtime/state/tuple_order.h"

namespace millrace {

namespace {

constexpr size_t kSweepAtLeast = 1024;

constexpr abi::StringRef kInsert{"+I", 2}, kUpdateBefore{"-U", 2}, kUpdateAfter{"+U", 2}, kDelete{"-D", 2};
constexpr abi::StringRef kCreated{"c", 1}, kUpdated{"u", 1}, kDeleted{"d", 1};

/// A batch's rows are linked by what is the operation's place once they are kept.
char*& next_fresh(char* row) { return *reinterpret_cast<char**>(row); }

void set_op(char* row, abi::StringRef op) { std::memcpy(row + abi::ChangesSpec::kOpOffset, &op, sizeof op); }
void set_weight(char* row, int64_t weight) { std::memcpy(row + abi::ChangesSpec::kWeightOffset, &weight, sizeof weight); }

}  // namespace

std::vector<abi::OwnedField> ChangeLog::owned_texts(const std::vector<uint32_t>& texts) {
  std::vector<abi::OwnedField> owned;
  for (const uint32_t offset : texts) owned.push_back({offset, abi::OwnedKind::Text});
  return owned;
}

ChangeLog::ChangeLog(const abi::ChangesSpec& spec)
    : abi::TupleBuffer(abi::TupleBufferSpec{spec.row_size, {}, -1, owned_texts(spec.texts)}), spec_(spec), sorted_(EarlierRow{&spec_.sort}), sweep_at_(kSweepAtLeast) {
  if (spec_.by_group) row_groups_.emplace(spec_);
}

ChangeLog::~ChangeLog() {
  for (Group& group : groups_) {
    for (char* row = group.rows; row != nullptr;) {
      char* next = header_of(row).next;
      drop(row);
      row = next;
    }
  }
  for (char* row : dropped_) std::free(&header_of(row));
}

void ChangeLog::clear() noexcept {
  abi::TupleBuffer::clear();
  for (char* row : dropped_) std::free(&header_of(row));
  dropped_.clear();
  is_filling_ = true;
}

Status ChangeLog::limit() const {
  if (row_count_ <= static_cast<size_t>(spec_.max_rows)) return {};
  return Status::error("the result has " + std::to_string(row_count_) + " rows, which are kept to tell what changes, more than max_kept_rows = " +
                       std::to_string(spec_.max_rows) + "; let the query show less (group, filter, LIMIT), or raise SET max_kept_rows");
}

bool ChangeLog::is_present(const char* row) const {
  return spec_.present_offset < 0 || read_row<uint8_t>(row, static_cast<uint32_t>(spec_.present_offset)) != 0;
}

/// Key and values are copied, so that the batch's memory can go.
char* ChangeLog::keep(const char* row) {
  size_t size = sizeof(KeptRow) + spec_.row_size;
  for (uint32_t text : spec_.texts) size += static_cast<size_t>(read_row<abi::StringRef>(row, text).size);
  auto* memory = static_cast<char*>(allocate(size));
  new (memory) KeptRow{.bytes = static_cast<int64_t>(size)};
  char* kept = memory + sizeof(KeptRow);
  std::memcpy(kept, row, spec_.row_size);
  char* free = kept + spec_.row_size;
  for (uint32_t text : spec_.texts) {
    auto bytes = read_row<abi::StringRef>(row, text);
    if (bytes.size > 0) std::memcpy(free, bytes.data, static_cast<size_t>(bytes.size));
    bytes.data = free;
    std::memcpy(kept + text, &bytes, sizeof bytes);
    free += bytes.size;
  }
  ++row_count_;
  memory_bytes_ += static_cast<int64_t>(size);
  return kept;
}

void ChangeLog::show_all() {
  if (row_groups_) return row_groups_->show_changed(changes_);
  if (spec_.first_rows < 0) {
    for (char* row = first_; row != nullptr; row = header_of(row).after) changes_.push_back(row);
    return;
  }
  auto row = sorted_.begin();
  for (int64_t left = spec_.first_rows; left > 0 && row != sorted_.end(); --left) changes_.push_back(*row++);
}

/// In the place of the row that it replaces, else behind all others.
void ChangeLog::put_in_order(char* kept, char* replaced) {
  if (sorts_all() && replaced != nullptr) sorted_.erase(replaced);
  KeptRow& row = header_of(kept);
  row.before = last_;
  if (replaced != nullptr) {
    const KeptRow& old = header_of(replaced);
    row.order = old.order;
    row.before = old.before;
    row.after = old.after;
  } else {
    row.order = ++last_order_;
  }
  (row.before != nullptr ? header_of(row.before).after : first_) = kept;
  (row.after != nullptr ? header_of(row.after).before : last_) = kept;
  if (sorts_all()) sorted_.insert(kept);
  if (row_groups_) replaced != nullptr ? row_groups_->replace(replaced, kept) : row_groups_->add(kept);
}

void ChangeLog::take_out_of_order(char* kept) {
  if (sorts_all()) sorted_.erase(kept);
  if (row_groups_) row_groups_->remove(kept);
  const KeptRow& row = header_of(kept);
  (row.before != nullptr ? header_of(row.before).after : first_) = row.after;
  (row.after != nullptr ? header_of(row.after).before : last_) = row.before;
}

/// Of a row whose place in the order is somebody else's already.
void ChangeLog::drop(char* kept) {
  --row_count_;
  memory_bytes_ -= header_of(kept).bytes;
  dropped_.push_back(kept);
}

/// A change of a kept row: `before` is nullptr of a new one, `after` of one that has gone.
void ChangeLog::report(char* before, char* after) {
  switch (spec_.form) {
    case abi::ChangeForm::NewRows:
      if (after != nullptr) changes_.push_back(after);
      return;
    case abi::ChangeForm::Op:
      if (before != nullptr) {
        set_op(before, after != nullptr ? kUpdateBefore : kDelete);
        changes_.push_back(before);
      }
      if (after != nullptr) {
        set_op(after, before != nullptr ? kUpdateAfter : kInsert);
        changes_.push_back(after);
      }
      return;
    case abi::ChangeForm::Weights:
      if (before != nullptr) {
        set_weight(before, -1);
        changes_.push_back(before);
      }
      if (after != nullptr) {
        set_weight(after, 1);
        changes_.push_back(after);
      }
      return;
    case abi::ChangeForm::AllRows:
      return;
    case abi::ChangeForm::Envelope:
      break;
  }
  char* both = arena().take(int64_t{2} * spec_.row_size);
  std::memset(both, 0, size_t{2} * spec_.row_size);
  if (before != nullptr) std::memcpy(both, before, spec_.row_size);
  if (after != nullptr) std::memcpy(both + spec_.row_size, after, spec_.row_size);
  set_op(both, before == nullptr ? kCreated : after == nullptr ? kDeleted : kUpdated);
  both[spec_.row_size] = before == nullptr ? 1 : 0;
  both[spec_.row_size + 1] = after == nullptr ? 1 : 0;
  changes_.push_back(both);
}

ChangeLog::Group* ChangeLog::find(uint64_t hash, const char* row) {
  const std::vector<abi::ViewKey>& keys = spec_.has_keys ? spec_.keys : spec_.values;
  const uint32_t found = index_.find(hash, [&](uint32_t at) { return groups_[at].hash == hash && same_values(keys, groups_[at].key, row); });
  return found == NumberIndex::kNone ? nullptr : &groups_[found];
}

ChangeLog::Group& ChangeLog::find_or_make(const char* row) {
  const uint64_t hash = hash_values(spec_.has_keys ? spec_.keys : spec_.values, row);
  if (Group* found = find(hash, row)) return *found;
  size_t number = groups_.size();
  if (free_.empty()) {
    groups_.emplace_back();
  } else {
    number = free_.back();
    free_.pop_back();
  }
  groups_[number] = {.hash = hash, .key = row};
  index_.insert(hash, static_cast<uint32_t>(number));
  return groups_[number];
}

void ChangeLog::forget(size_t number) {
  index_.erase(groups_[number].hash, static_cast<uint32_t>(number));
  groups_[number] = {};
  free_.push_back(static_cast<uint32_t>(number));
}

int64_t ChangeLog::memory_bytes() const { return memory_bytes_ + index_.memory_bytes() + (row_groups_ ? row_groups_->memory_bytes() : 0); }

/// Adds a row of the batch to its group.
void ChangeLog::take(char* row) {
  const bool present = is_present(row);
  Group* group = nullptr;
  if (present) {
    group = &find_or_make(row);
  } else {
    group = find(hash_values(spec_.has_keys ? spec_.keys : spec_.values, row), row);
    if (group == nullptr) return;
  }
  if (group->batch != batch_) {
    group->batch = batch_;
    touched_.push_back(static_cast<uint32_t>(group - groups_.data()));
  }
  if (!present) return;
  next_fresh(row) = nullptr;
  if (group->fresh == nullptr) group->fresh = row;
  else next_fresh(group->fresh_last) = row;
  group->fresh_last = row;
}

/// A kept row goes, another takes its place, or a new one comes.
char* ChangeLog::replace(char* old, const char* fresh) {
  char* now = nullptr;
  if (fresh != nullptr) {
    now = keep(fresh);
    put_in_order(now, old);
  } else if (old != nullptr) {
    take_out_of_order(old);
  }
  report(old, now);
  if (old != nullptr) drop(old);
  return now;
}

/// The kept rows of a key against the batch's.
void ChangeLog::compare(size_t number) {
  Group& group = groups_[number];
  char* old = group.rows;
  char* fresh = group.fresh;
  char** link = &group.rows;
  while (old != nullptr || fresh != nullptr) {
    char* next_old = old != nullptr ? header_of(old).next : nullptr;
    char* next = fresh != nullptr ? next_fresh(fresh) : nullptr;
    const bool same = old != nullptr && fresh != nullptr && same_values(spec_.values, old, fresh);
    char* now = same ? old : replace(old, fresh);
    *link = now;
    if (now != nullptr) link = &header_of(now).next;
    old = next_old;
    fresh = next;
  }
  *link = nullptr;
  end_group(number);
}

void ChangeLog::end_group(size_t number) {
  Group& group = groups_[number];
  group.fresh = group.fresh_last = nullptr;
  if (group.rows == nullptr) return forget(number);
  group.key = group.rows;
}

int64_t ChangeLog::weight_of(const char* row) const { return read_row<int64_t>(row, static_cast<uint32_t>(spec_.weight_offset)); }

/// What the weights of a key's rows in a batch come to: by row, in the order in which they came.
void ChangeLog::add_up(const Group& group) {
  sums_.clear();
  for (char* fresh = group.fresh; fresh != nullptr; fresh = next_fresh(fresh)) {
    const int64_t weight = weight_of(fresh);
    const auto same = [&](const Sum& sum) { return same_values(spec_.values, sum.row, fresh); };
    const auto found = std::find_if(sums_.begin(), sums_.end(), same);
    if (found != sums_.end()) found->weight += weight;
    else sums_.push_back({fresh, weight});
  }
}

/// Rows without a key are all the same within their group.
void ChangeLog::apply_count(Group& group) {
  int64_t weight = 0;
  for (char* fresh = group.fresh; fresh != nullptr; fresh = next_fresh(fresh)) weight += weight_of(fresh);
  for (; weight > 0; --weight) {
    char* now = replace(nullptr, group.fresh);
    header_of(now).next = std::exchange(group.rows, now);
  }
  for (; weight < 0 && group.rows != nullptr; ++weight) {
    char* old = group.rows;
    group.rows = header_of(old).next;
    replace(old, nullptr);
  }
}

/// Rows that have gone give their places to those that have come.
void ChangeLog::apply(size_t number) {
  Group& group = groups_[number];
  if (!spec_.has_keys) {
    apply_count(group);
    return end_group(number);
  }
  add_up(group);
  size_t come = 0;
  const auto next_that_came = [&]() -> const char* {
    while (come < sums_.size() && sums_[come].weight <= 0) ++come;
    if (come == sums_.size()) return nullptr;
    --sums_[come].weight;
    return sums_[come].row;
  };
  char** link = &group.rows;
  for (char* old = group.rows; old != nullptr;) {
    char* next = header_of(old).next;
    const auto gone = [&](const Sum& sum) { return sum.weight < 0 && same_values(spec_.values, sum.row, old); };
    const auto found = std::find_if(sums_.begin(), sums_.end(), gone);
    char* now = old;
    if (found != sums_.end()) {
      ++found->weight;
      now = replace(old, next_that_came());
    }
    *link = now;
    if (now != nullptr) link = &header_of(now).next;
    old = next;
  }
  while (const char* fresh = next_that_came()) {
    *link = replace(nullptr, fresh);
    link = &header_of(*link).next;
  }
  *link = nullptr;
  end_group(number);
}

/// Of a whole result: keys that it has no more.
void ChangeLog::remove_untouched() {
  for (size_t number = 0; number < groups_.size(); ++number) {
    if (groups_[number].batch != batch_ && groups_[number].rows != nullptr) compare(number);
  }
}

void ChangeLog::finish() {
  ++batch_;
  touched_.clear();
  changes_.clear();
  const std::vector<char*> arrived = take_rows();
  for (char* row : arrived) take(row);
  if (spec_.whole) remove_untouched();
  for (uint32_t number : touched_) spec_.weight_offset >= 0 ? apply(number) : compare(number);
  if (spec_.form == abi::ChangeForm::AllRows) show_all();
  show(changes_);
  is_filling_ = false;
}

bool ChangeLog::is_final(const char* row, int64_t watermark_us) const {
  if (spec_.final_time_null >= 0 && read_row<uint8_t>(row, static_cast<uint32_t>(spec_.final_time_null)) != 0) return false;
  return read_row<int64_t>(row, static_cast<uint32_t>(spec_.final_time_offset)) <= watermark_us;
}

/// Looks at all groups once they are twice as many as were left the last time.
void ChangeLog::end_batch(int64_t watermark_us) {
  if (spec_.final_time_offset < 0 || groups_.size() - free_.size() < sweep_at_) return;
  for (size_t number = 0; number < groups_.size(); ++number) {
    Group& group = groups_[number];
    if (group.key == nullptr || !is_final(group.key, watermark_us)) continue;
    for (char* row = group.rows; row != nullptr;) {
      char* next = header_of(row).next;
      take_out_of_order(row);
      drop(row);
      row = next;
    }
    forget(number);
  }
  sweep_at_ = std::max(kSweepAtLeast, (groups_.size() - free_.size()) * 2);
}

}  // namespace millrace
