#include "runtime/state/group_parts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace millrace {

namespace {

/// Of runs, as many as may be taken over for a part before who brings more has to wait: some megabytes.
constexpr size_t kMostWaiting = 16;

}  // namespace

GroupParts::InOrder::InOrder(const GroupParts& parts, const Numbers& first)
    : number_offset_(parts.number_offset_), entry_size_(parts.elders_.layout_.entry_size) {
  for (size_t i = 0; i < abi::kGroupParts; ++i) {
    Place& place = places_[i];
    place.table = &parts.parts_[i]->table;
    place.left = place.table->count - first[i];
    if (place.left > 0) enter_segment_of(place, first[i]);
  }
}

size_t GroupParts::InOrder::append(size_t at_most, std::vector<abi::GroupEntry*>& out) {
  size_t appended = 0;
  while (appended < at_most) {
    if (word_ == present_.size() && !put_in_places()) break;
    uint64_t& present = present_[word_];
    for (; present != 0 && appended < at_most; present &= present - 1, ++appended) {
      out.push_back(stretch_[word_ * 64 + static_cast<size_t>(std::countr_zero(present))]);
    }
    word_ += present == 0;
  }
  return appended;
}

/// The next stretch begins with the least number that is left.
bool GroupParts::InOrder::put_in_places() {
  uint64_t begin = UINT64_MAX;
  for (const Place& place : places_) {
    if (place.left > 0) begin = std::min(begin, number_at(place.at));
  }
  if (begin == UINT64_MAX) return false;
  for (Place& place : places_) put_in_places(place, begin);
  word_ = 0;
  return true;
}

void GroupParts::InOrder::put_in_places(Place& place, uint64_t begin) {
  constexpr uint32_t kAhead = 16;  // so that a stretch does not begin by waiting for memory
  while (place.left > 0) {
    __builtin_prefetch(place.at + kAhead * entry_size_);
    const uint64_t at = number_at(place.at) - begin;
    if (at >= kStretch) return;
    stretch_[at] = reinterpret_cast<abi::GroupEntry*>(place.at);
    present_[at / 64] |= uint64_t{1} << at % 64;
    place.at += entry_size_;
    if (--place.left > 0 && place.at == place.end) enter_segment_of(place, place.table->count - place.left);
  }
}

void GroupParts::InOrder::enter_segment_of(Place& place, int64_t number) {
  for (const GroupTable::Segment& segment : place.table->segments_) {
    if (number < segment.first || number >= segment.first + segment.capacity) continue;
    place.at = place.table->entry_at(segment, number);
    place.end = segment.begin + place.table->segment_bytes(segment.capacity);
  }
}

uint64_t GroupParts::InOrder::number_at(const char* entry) const {
  uint64_t number;
  std::memcpy(&number, entry + number_offset_, sizeof number);
  return number;
}

GroupParts::GroupParts(const GroupTable::Layout& layout, GroupTable& elders, uint32_t number_offset) : elders_(elders), number_offset_(number_offset) {
  std::array<GroupTable*, abi::kGroupParts> tables{};
  for (size_t i = 0; i < abi::kGroupParts; ++i) {
    parts_[i] = std::make_unique<Part>(layout);
    tables[i] = &parts_[i]->table;
  }
  elders.give_slots_to(tables);
  for (auto& part : parts_) part->bytes.store(part->table.memory_bytes(), std::memory_order_relaxed);
}

void GroupParts::take(Logs& logs) {
  for (size_t i = 0; i < abi::kGroupParts; ++i) {
    if (logs[i]->bytes() == 0) continue;
    Part& part = *parts_[i];
    std::unique_ptr<UpdateLog> empty;
    std::lock_guard<std::mutex> lock(part.queue);
    if (!part.spare.empty()) {
      empty = std::move(part.spare.back());
      part.spare.pop_back();
    } else {
      empty = std::make_unique<UpdateLog>();
    }
    part.waiting.push_back(std::exchange(logs[i], std::move(empty)));
  }
}

void GroupParts::add_waiting(const Adding& adding, int32_t worker, bool all) {
  for (size_t turn = 0; turn < abi::kGroupParts; ++turn) {
    Part& part = *parts_[(static_cast<size_t>(worker) + turn) % abi::kGroupParts];
    std::unique_lock<std::mutex> lock(part.adding, std::defer_lock);
    if (all || waiting_for(part) >= kMostWaiting) lock.lock();
    else if (!lock.try_lock()) continue;
    while (add_next(part, adding)) {
    }
    part.bytes.store(part.table.memory_bytes(), std::memory_order_relaxed);
  }
}

bool GroupParts::add_next(Part& part, const Adding& adding) {
  std::unique_ptr<UpdateLog> log;
  {
    std::lock_guard<std::mutex> lock(part.queue);
    if (part.waiting.empty()) return false;
    log = std::move(part.waiting.front());
    part.waiting.pop_front();
  }
  adding.add(adding.ctx, adding.state, &part.table, log->records(), log->bytes() / adding.record_size);
  log->clear();
  std::lock_guard<std::mutex> lock(part.queue);
  part.spare.push_back(std::move(log));
  return true;
}

size_t GroupParts::waiting_for(Part& part) {
  std::lock_guard<std::mutex> lock(part.queue);
  return part.waiting.size();
}

int64_t GroupParts::number_of(const abi::GroupEntry* entry) const {
  int64_t number;
  std::memcpy(&number, reinterpret_cast<const char*>(entry) + number_offset_, sizeof number);
  return number;
}

void GroupParts::append_from(const Numbers& first, std::vector<abi::GroupEntry*>& out) const {
  out.reserve(out.size() + static_cast<size_t>(group_count()));
  InOrder(*this, first).append(SIZE_MAX, out);
}

void GroupParts::append_all(std::vector<abi::GroupEntry*>& out) const {
  elders_.append_all(out);
  append_from({}, out);
}

void GroupParts::append_new(std::vector<abi::GroupEntry*>& out) const {
  elders_.append_new(out);
  Numbers first{};
  for (size_t i = 0; i < abi::kGroupParts; ++i) first[i] = parts_[i]->table.new_from_;
  append_from(first, out);
}

/// As in GroupTable: sorting beats a sweep over all groups only while few of them changed. Elders have no number.
void GroupParts::append_touched(uint32_t epoch, std::vector<abi::GroupEntry*>& out) const {
  size_t changed = elders_.touched_.size();
  for (const auto& part : parts_) changed += part->table.touched_.size();
  if (static_cast<int64_t>(changed) * 4 > elders_.count + group_count()) {
    const auto from = static_cast<ptrdiff_t>(out.size());
    append_all(out);
    out.erase(std::remove_if(out.begin() + from, out.end(), [epoch](const abi::GroupEntry* entry) { return entry->touched != epoch; }), out.end());
    return;
  }
  std::vector<std::pair<int64_t, abi::GroupEntry*>> numbered;
  numbered.reserve(changed);
  const auto add = [&](abi::GroupEntry* entry) {
    const int64_t number = number_of(entry);
    numbered.emplace_back(number != 0 ? number : elders_.arrival_of(entry), entry);
  };
  std::for_each(elders_.touched_.begin(), elders_.touched_.end(), add);
  for (const auto& part : parts_) std::for_each(part->table.touched_.begin(), part->table.touched_.end(), add);
  std::sort(numbered.begin(), numbered.end());
  for (const auto& [number, entry] : numbered) out.push_back(entry);
}

bool GroupParts::has_touched() const {
  return elders_.has_touched() || std::any_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->table.has_touched(); });
}

bool GroupParts::has_new() const {
  return elders_.has_new() || std::any_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->table.has_new(); });
}

void GroupParts::begin_epoch() {
  for (auto& part : parts_) {
    part->table.begin_epoch();
    part->shared.changed.clear();
  }
}

int64_t GroupParts::group_count() const {
  int64_t groups = 0;
  for (const auto& part : parts_) groups += part->table.count;
  return groups;
}

int64_t GroupParts::memory_bytes() const {
  int64_t bytes = 0;
  for (const auto& part : parts_) bytes += part->bytes.load(std::memory_order_relaxed);
  return bytes;
}

}  // namespace millrace
