#include "runtime/state/change_log.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "runtime/abi/string_ref.h"
#include "runtime/base/memory.h"
#include "runtime/state/owned_memory.h"
#include "runtime/state/row_values.h"

namespace millrace {

namespace {

constexpr size_t kFewestSlots = 64;
constexpr size_t kSweepAtLeast = 1024;

constexpr abi::StringRef kInsert{"+I", 2}, kUpdateBefore{"-U", 2}, kUpdateAfter{"+U", 2}, kDelete{"-D", 2};
constexpr abi::StringRef kCreated{"c", 1}, kUpdated{"u", 1}, kDeleted{"d", 1};

/// In front of a kept row.
struct KeptHeader {
  char* next = nullptr;
  int64_t bytes = 0;
};

KeptHeader& header_of(char* kept) { return *reinterpret_cast<KeptHeader*>(kept - sizeof(KeptHeader)); }

/// A batch's rows are linked by what is the operation's place once they are kept.
char*& next_fresh(char* row) { return *reinterpret_cast<char**>(row); }

void set_op(char* row, abi::StringRef op) { std::memcpy(row + abi::ChangesSpec::kOpOffset, &op, sizeof op); }

}  // namespace

ChangeLog::ChangeLog(const abi::ChangesSpec& spec)
    : abi::TupleBuffer(abi::TupleBufferSpec{spec.row_size, {}, -1, {}}), spec_(spec), sweep_at_(kSweepAtLeast) {}

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
  size_t size = sizeof(KeptHeader) + spec_.row_size;
  for (uint32_t text : spec_.texts) size += static_cast<size_t>(read_row<abi::StringRef>(row, text).size);
  auto* memory = static_cast<char*>(allocate(size));
  new (memory) KeptHeader{nullptr, static_cast<int64_t>(size)};
  char* kept = memory + sizeof(KeptHeader);
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
  if (slots_.empty()) return nullptr;
  const std::vector<abi::ViewKey>& keys = spec_.has_keys ? spec_.keys : spec_.values;
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
    Group& group = groups_[slots_[at] - 1];
    if (group.hash == hash && same_values(keys, group.key, row)) return &group;
  }
  return nullptr;
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
  if (groups_.size() * 2 > slots_.size()) index_groups();
  else index_group(number);
  return groups_[number];
}

void ChangeLog::index_group(size_t number) {
  const size_t mask = slots_.size() - 1;
  size_t at = groups_[number].hash & mask;
  while (slots_[at] != 0) at = (at + 1) & mask;
  slots_[at] = static_cast<uint32_t>(number) + 1;
}

void ChangeLog::index_groups() {
  size_t size = kFewestSlots;
  while (size < groups_.size() * 3) size *= 2;
  slots_.assign(size, 0);
  for (size_t number = 0; number < groups_.size(); ++number) {
    if (groups_[number].key != nullptr) index_group(number);
  }
}

/// Takes a group without rows out of the index: those behind it that would not be found across the gap move up [Knuth, TAOCP 3, 6.4 R].
void ChangeLog::forget(size_t number) {
  const size_t mask = slots_.size() - 1;
  size_t gap = groups_[number].hash & mask;
  while (slots_[gap] != number + 1) gap = (gap + 1) & mask;
  for (size_t at = (gap + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const size_t home = groups_[slots_[at] - 1].hash & mask;
    if (((at - home) & mask) < ((at - gap) & mask)) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = 0;
  groups_[number] = {};
  free_.push_back(static_cast<uint32_t>(number));
}

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

/// The kept rows of a key against the batch's.
void ChangeLog::compare(size_t number) {
  Group& group = groups_[number];
  char* old = group.rows;
  char* fresh = group.fresh;
  char** link = &group.rows;
  while (old != nullptr || fresh != nullptr) {
    char* next_old = old != nullptr ? header_of(old).next : nullptr;
    char* next = fresh != nullptr ? next_fresh(fresh) : nullptr;
    char* now = nullptr;
    if (old != nullptr && fresh != nullptr && same_values(spec_.values, old, fresh)) {
      now = old;
    } else {
      if (fresh != nullptr) now = keep(fresh);
      report(old, now);
      if (old != nullptr) drop(old);
    }
    *link = now;
    if (now != nullptr) link = &header_of(now).next;
    old = next_old;
    fresh = next;
  }
  *link = nullptr;
  group.fresh = group.fresh_last = nullptr;
  if (group.rows == nullptr) return forget(number);
  group.key = group.rows;
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
  for (uint32_t number : touched_) compare(number);
  show(changes_);
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
      drop(row);
      row = next;
    }
    forget(number);
  }
  sweep_at_ = std::max(kSweepAtLeast, (groups_.size() - free_.size()) * 2);
}

namespace {

constexpr uint32_t kMark = snapshot_mark("CHNG");

std::vector<abi::OwnedField> owned_texts(const std::vector<uint32_t>& texts) {
  std::vector<abi::OwnedField> owned;
  for (const uint32_t offset : texts) owned.push_back({offset, abi::OwnedKind::Text});
  return owned;
}

}  // namespace

/// Groups keep their numbers, since the order of what is reported goes by them.
void ChangeLog::snapshot(SnapshotWriter& writer) const {
  writer.begin(kMark);
  writer.put(batch_);
  writer.put(static_cast<uint64_t>(sweep_at_));
  writer.put(static_cast<uint64_t>(groups_.size()));
  const std::vector<abi::OwnedField> texts = owned_texts(spec_.texts);
  const OwnedMemory owned(texts);
  for (const Group& group : groups_) {
    uint64_t rows = 0;
    for (char* row = group.rows; row != nullptr; row = header_of(row).next) ++rows;
    writer.put(rows);
    for (char* row = group.rows; row != nullptr; row = header_of(row).next) {
      writer.write(row, spec_.row_size);
      owned.write(writer, row);
    }
  }
  writer.put(static_cast<uint64_t>(free_.size()));
  for (const uint32_t number : free_) writer.put(number);
}

void ChangeLog::restore(SnapshotReader& reader) {
  reader.expect(kMark);
  batch_ = reader.get<int64_t>();
  sweep_at_ = reader.get<uint64_t>();
  const uint64_t count = reader.get_count(sizeof(uint64_t));
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    groups_.emplace_back();
    restore_group(reader, i, reader.get_count(spec_.row_size));
  }
  const uint64_t free = reader.get_count(sizeof(uint32_t));
  for (uint64_t i = 0; i < free && reader.ok(); ++i) {
    const auto number = reader.get<uint32_t>();
    if (number >= groups_.size() || groups_[number].key != nullptr) reader.fail("the snapshot has a free place that is taken");
    free_.push_back(number);
  }
  if (reader.ok()) index_groups();
}

void ChangeLog::restore_group(SnapshotReader& reader, size_t number, uint64_t rows) {
  const std::vector<abi::OwnedField> texts = owned_texts(spec_.texts);
  OwnedMemory owned(texts);
  abi::Arena scratch;
  char** link = &groups_[number].rows;
  for (uint64_t i = 0; i < rows; ++i) {
    char* row = scratch.take(spec_.row_size);
    if (!reader.read(row, spec_.row_size) || !owned.read(reader, row, scratch, nullptr)) return;
    *link = keep(row);
    link = &header_of(*link).next;
  }
  Group& group = groups_[number];
  if (group.rows == nullptr) return;
  group.key = group.rows;
  group.hash = hash_values(spec_.has_keys ? spec_.keys : spec_.values, group.key);
}

}  // namespace millrace
