#include "runtime/state/aggregate_state.h"

#include <algorithm>

#include "runtime/base/memory.h"

namespace millrace {

namespace {

constexpr size_t kMostSpareTables = 64;
// A grouping by the time itself has one small table for each instant.
constexpr uint32_t kFirstEntriesOfInstant = 2;
constexpr uint32_t kFirstEntries = 16;
constexpr int64_t kShownAtOnce = 8192;

int64_t add_saturated(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? INT64_MAX : INT64_MIN;
}

/// The greatest multiple of `step`, plus `offset`, that is at or before `value`.
int64_t floor_to(int64_t value, int64_t step, int64_t offset) {
  int64_t remainder = (value % step - offset % step) % step;
  if (remainder < 0) remainder += step;
  return add_saturated(value, -remainder);
}

}  // namespace

AggregateState::AggregateState(const abi::AggregateSpec& spec, const abi::CompiledCode* code, int32_t number,
                               const abi::StateSharing& sharing)
    : abi::AggregateState{nullptr, INT64_MIN, 1, number, nullptr, nullptr}, spec_(spec), code_(code) {
  if (is_part()) {
    shared_.arrivals = &arrivals_;
    if (sharing.log_record_size > 0) own_log_ = std::make_unique<UpdateLog>();
    log = own_log_.get();
  }
  if (spec.time == abi::TimeKind::None) create_lone_table();
  if (has_rollup() && !is_part()) {
    GroupTable::Layout layout{spec.rollup_entry_size, spec.rollup_has_keys, kFirstEntries};
    rollup_table_ = std::make_unique<GroupTable>(layout, nullptr);
  }
}

void AggregateState::create_lone_table() {
  GroupTable::Layout layout{spec_.entry_size, spec_.has_keys, kFirstEntries};
  if (!lone_table_) lone_table_ = std::make_unique<GroupTable>(layout, &shared_);
  if (!spec_.has_keys && !is_part()) lone_table_->insert(0);  // an ungrouped aggregate of nothing is one row
  current = lone_table_.get();
}

int64_t AggregateState::first_window_of(int64_t pane_us) const {
  // The first window that holds the pane ends with it or later.
  int64_t beyond = add_saturated(add_saturated(pane_us, spec_.pane_us), -spec_.size_us);
  int64_t start = floor_to(beyond, spec_.slide_us, spec_.offset_us);
  return start < beyond ? add_saturated(start, spec_.slide_us) : start;
}

/// Where the last window begins that holds the pane; of cumulating windows all begin there.
int64_t AggregateState::last_window_of(int64_t pane_us) const {
  return floor_to(pane_us, spec_.cumulates ? spec_.size_us : spec_.slide_us, spec_.offset_us);
}

int64_t AggregateState::closes_at(int64_t pane_us) const {
  return is_windowed() ? add_saturated(last_window_of(pane_us), spec_.size_us) : pane_us;
}

AggregateState::CachedPane& AggregateState::cache_slot(int64_t pane_us) {
  auto mixed = static_cast<uint64_t>(pane_us) * 0x9E3779B97F4A7C15u;
  return cache_[mixed >> 56];
}

abi::GroupTable* AggregateState::pane_table(const abi::PipelineContext& ctx, int64_t pane_us) noexcept {
  if (spec_.drops_late && ctx.watermark_us != INT64_MIN && closes_at(pane_us) <= ctx.watermark_us) return nullptr;
  CachedPane& cached = cache_slot(pane_us);
  if (cached.table == nullptr || cached.start_us != pane_us) {
    auto found = panes_.find(pane_us);
    cached = {pane_us, found != panes_.end() ? found->second.get() : make_pane(pane_us)};
  }
  current = cached.table;
  current_pane = pane_us;
  return cached.table;
}

GroupTable* AggregateState::make_pane(int64_t pane_us) {
  std::unique_ptr<GroupTable> table;
  if (spare_tables_.empty()) {
    bool instant = spec_.time == abi::TimeKind::Key;
    GroupTable::Layout layout{spec_.entry_size, spec_.has_keys, instant ? kFirstEntriesOfInstant : kFirstEntries};
    table = std::make_unique<GroupTable>(layout, &shared_);
  } else {
    table = std::move(spare_tables_.back());
    spare_tables_.pop_back();
  }
  table->pane_us = pane_us;
  return panes_.emplace(pane_us, std::move(table)).first->second.get();
}

int64_t AggregateState::emit_begin(abi::PipelineContext& ctx) noexcept {
  units_.clear();
  rolled_up_ = kNothingRolledUp;
  shown_count_ = 0;
  if (lone_table_) {
    plan_lone_unit(ctx.next_watermark_us == INT64_MAX);
  } else {
    plan_pane_units(ctx.next_watermark_us);
  }
  return static_cast<int64_t>(units_.size());
}

void AggregateState::plan_lone_unit(bool input_ended) {
  bool shown = true;
  if (spec_.what == abi::EmitWhat::Inserted) {
    shown = parts_ ? parts_->has_new() : lone_table_->has_new();
  } else if (spec_.what == abi::EmitWhat::Touched) {
    if (!spec_.has_keys && input_ended && lone_table_->only_entry->touched == 0) {
      lone_table_->only_entry->touched = static_cast<uint32_t>(epoch);
      lone_table_->touch(lone_table_->only_entry);
    }
    shown = parts_ ? parts_->has_touched() : lone_table_->has_touched();
  } else if (spec_.what == abi::EmitWhat::Closed) {
    shown = input_ended;  // without a time, groups are final when nothing can come any more
  }
  if (!shown) return;
  units_.push_back({0, 0, lone_table_.get()});
  if (!shows_in_pieces()) return;
  for (int64_t left = group_count() - kShownAtOnce; left > 0; left -= kShownAtOnce) units_.push_back(units_.front());
}

/// What is shown of very many groups is small enough to be near when it is shown, and to list it costs no memory to speak of.
void AggregateState::collect_piece(int64_t piece) {
  const int64_t first = piece * kShownAtOnce;
  const int64_t end = std::min(first + kShownAtOnce, lone_table_->count);
  if (first < end) lone_table_->append(first, end, shown_entries_);
  if (!parts_) return;
  if (piece == 0) in_order_.emplace(parts_->in_order());
  in_order_->append(static_cast<size_t>(kShownAtOnce) - shown_entries_.size(), shown_entries_);
}

void AggregateState::collect_changed_tables() {
  scratch_tables_.clear();
  bool wants_new = spec_.what == abi::EmitWhat::Inserted;
  for (GroupTable* table : shared_.changed) {
    if (wants_new ? table->has_new() : table->has_touched()) scratch_tables_.push_back(table);
  }
  auto by_time = [](const GroupTable* a, const GroupTable* b) { return a->pane_us < b->pane_us; };
  std::sort(scratch_tables_.begin(), scratch_tables_.end(), by_time);
}

void AggregateState::plan_pane_units(int64_t next_watermark_us) {
  int64_t closed_until = forgets() ? closed_until_us_ : INT64_MIN;
  if (spec_.what == abi::EmitWhat::Touched || spec_.what == abi::EmitWhat::Inserted) {
    collect_changed_tables();
    for (GroupTable* table : scratch_tables_) add_units_of(table, closed_until, INT64_MAX);
    return;
  }
  bool only_closed = spec_.what == abi::EmitWhat::Closed;
  if (only_closed && next_watermark_us == INT64_MIN) return;
  for (auto& [pane_us, table] : panes_) {
    if (only_closed && pane_us > next_watermark_us) break;
    if (table->count > 0) add_units_of(table.get(), closed_until, only_closed ? next_watermark_us : INT64_MAX);
  }
}

/// Adds the windows of a pane that end in (closed_until, until]; panes come in order of time, so a window that is there already is
/// among the last ones added.
void AggregateState::add_units_of(GroupTable* table, int64_t closed_until_us, int64_t until_us) {
  if (!is_windowed()) {
    bool open = closed_until_us == INT64_MIN || table->pane_us > closed_until_us;
    if (open && table->pane_us <= until_us) units_.push_back({table->pane_us, table->pane_us, table});
    return;
  }
  if (spec_.cumulates) return add_cumulations_of(table, closed_until_us, until_us);
  int64_t last = last_window_of(table->pane_us);
  for (int64_t start = first_window_of(table->pane_us);; start = add_saturated(start, spec_.slide_us)) {
    int64_t end = add_saturated(start, spec_.size_us);
    bool open = closed_until_us == INT64_MIN || end > closed_until_us;
    bool known = !units_.empty() && start <= units_.back().start_us;
    if (open && !known && end <= until_us) units_.push_back({start, end, has_rollup() ? nullptr : table});
    if (start >= last) return;
  }
}

/// The windows that a pane is part of begin together and end with each further pane.
void AggregateState::add_cumulations_of(GroupTable* table, int64_t closed_until_us, int64_t until_us) {
  int64_t start = last_window_of(table->pane_us);
  int64_t full = add_saturated(start, spec_.size_us);
  for (int64_t end = add_saturated(table->pane_us, spec_.slide_us);; end = add_saturated(end, spec_.slide_us)) {
    bool open = closed_until_us == INT64_MIN || end > closed_until_us;
    bool known = !units_.empty() && start == units_.back().start_us && end <= units_.back().end_us;
    if (open && !known && end <= until_us) units_.push_back({start, end, has_rollup() ? nullptr : table});
    if (end >= full) return;
  }
}

void AggregateState::collect_shown(GroupTable& table) {
  if (spec_.what == abi::EmitWhat::Touched) {
    auto mark = static_cast<uint32_t>(epoch);
    if (is_in_parts(table)) parts_->append_touched(mark, shown_entries_);
    else has_rollup() ? table.append_marked(mark, shown_entries_) : table.append_touched(mark, shown_entries_);
  } else if (spec_.what == abi::EmitWhat::Inserted) {
    is_in_parts(table) ? parts_->append_new(shown_entries_) : table.append_new(shown_entries_);
  } else {
    is_in_parts(table) ? parts_->append_all(shown_entries_) : table.append_all(shown_entries_);
  }
}

/// Some thousands at a time: a CUBE may have many times the groups that it is made of, and memory a limit.
void AggregateState::merge_groups(abi::PipelineContext& ctx, const std::vector<abi::GroupEntry*>& groups, int64_t bytes_before) {
  constexpr size_t kAtOnce = size_t{1} << 14;
  auto merge = code_at<abi::RollupFn>(spec_.rollup_entry);
  for (size_t from = 0; from < groups.size() && ctx.error != abi::PipelineError::OutOfMemory; from += kAtOnce) {
    merge(&ctx, this, rollup_table_.get(), groups.data() + from, static_cast<int64_t>(std::min(kAtOnce, groups.size() - from)));
    const bool has_room = ctx.merged_bytes_max == 0 || rollup_table_->memory_bytes() - bytes_before <= ctx.merged_bytes_max;
    if (!has_room) ctx.error = abi::PipelineError::OutOfMemory;
  }
}

void AggregateState::roll_up(abi::PipelineContext& ctx, const Unit& unit) {
  const int64_t bytes_before = rollup_table_->memory_bytes();
  // A cumulating window holds the one before it, which has been rolled up and shown.
  bool grows = spec_.cumulates && unit.only_table == nullptr && unit.start_us == rolled_up_.start_us && unit.end_us >= rolled_up_.end_us;
  if (!grows) rollup_table_->clear();
  auto merge_table = [&](const GroupTable& table) {
    merged_entries_.clear();
    is_in_parts(table) ? parts_->append_all(merged_entries_) : table.append_all(merged_entries_);
    merge_groups(ctx, merged_entries_, bytes_before);
  };
  if (unit.only_table != nullptr) {
    merge_table(*unit.only_table);
    return;
  }
  auto end = panes_.lower_bound(unit.end_us);
  for (auto pane = panes_.lower_bound(grows ? rolled_up_.end_us : unit.start_us); pane != end; ++pane) {
    if (pane->second->count > 0) merge_table(*pane->second);
  }
  rolled_up_ = unit;
}

const abi::EmitUnit* AggregateState::emit_unit(abi::PipelineContext& ctx, int64_t i) noexcept {
  const Unit& unit = units_[static_cast<size_t>(i)];
  shown_entries_.clear();
  if (has_rollup()) {
    roll_up(ctx, unit);
    if (ctx.error != abi::PipelineError::OutOfMemory) collect_shown(*rollup_table_);
  } else if (shows_in_pieces()) {
    collect_piece(i);
  } else {
    collect_shown(*unit.only_table);
  }
  shown_count_ += static_cast<int64_t>(shown_entries_.size());
  unit_ = {shown_entries_.data(), static_cast<int64_t>(shown_entries_.size()), unit.start_us, unit.end_us};
  return &unit_;
}

void AggregateState::emit_end(const abi::PipelineContext& ctx) noexcept {
  for (GroupTable* table : shared_.changed) table->begin_epoch();
  shared_.changed.clear();
  in_order_.reset();
  if (parts_) parts_->begin_epoch();
  if (forgets() && ctx.next_watermark_us != INT64_MIN) {
    forget_closed(ctx.next_watermark_us);
    closed_until_us_ = std::max(closed_until_us_, ctx.next_watermark_us);
  }
  ++epoch;
  if (static_cast<uint32_t>(epoch) == 0) ++epoch;  // 0 marks a group that was never changed
}

void AggregateState::forget_closed(int64_t watermark_us) {
  bool forgot = false;
  while (!panes_.empty() && closes_at(panes_.begin()->first) <= watermark_us) {
    auto first = panes_.begin();
    CachedPane& cached = cache_slot(first->first);
    if (cached.table == first->second.get()) cached = {};
    first->second->clear();
    if (spare_tables_.size() < kMostSpareTables) spare_tables_.push_back(std::move(first->second));
    panes_.erase(first);
    forgot = true;
  }
  if (forgot) {
    current = nullptr;
    current_pane = INT64_MIN;
  }
}

void AggregateState::clear() noexcept {
  in_order_.reset();
  parts_.reset();
  shared_.changed.clear();
  arrivals_.tables.clear();
  arrivals_.entries.clear();
  taken_ = 0;
  if (own_log_) own_log_->clear();
  if (lone_table_) {
    lone_table_->clear();
    create_lone_table();
    shared_.changed.clear();
    lone_table_->begin_epoch();
    return;
  }
  forget_closed(INT64_MAX);
}

/// Calls `take` with each stretch of groups of one table.
template <typename Take>
void AggregateState::for_each_table(const GroupTable::Arrivals& arrivals, size_t from, Take take) {
  size_t count = arrivals.tables.size();
  while (from < count) {
    size_t to = from + 1;
    while (to < count && arrivals.tables[to] == arrivals.tables[from]) ++to;
    take(*arrivals.tables[from], arrivals.entries.data() + from, static_cast<int64_t>(to - from));
    from = to;
  }
}

void AggregateState::take_run(abi::PipelineContext& ctx, AggregateState& part, const abi::StateSharing& sharing) noexcept {
  if (part.staged != nullptr) {
    parts_->take(part.staged_rows_);
    for (size_t i = 0; i < abi::kGroupParts; ++i) part.staged_logs_[i] = part.staged_rows_[i].get();
    return;
  }
  auto adopt = code_at<abi::RollupFn>(sharing.adopt_entry);
  for_each_table(part.arrivals_, part.taken_, [&](GroupTable& table, abi::GroupEntry* const* entries, int64_t count) {
    // The watermark is the one that the worker went by, so that no table that it opened is refused here.
    table.whole = lone_table_ ? lone_table_.get() : pane_table(ctx, table.pane_us);
    adopt(&ctx, this, table.whole, entries, count);
  });
  part.taken_ = part.arrivals_.tables.size();
  if (part.own_log_ && part.own_log_->bytes() > 0) {
    auto replay = code_at<abi::ReplayFn>(sharing.replay_entry);
    replay(&ctx, this, part.own_log_->records(), part.own_log_->bytes() / sharing.log_record_size);
    part.own_log_->clear();
  }
}

void AggregateState::take_rest(abi::PipelineContext& ctx, AggregateState& part, const abi::StateSharing& sharing) noexcept {
  auto merge = code_at<abi::RollupFn>(sharing.merge_entry);
  for_each_table(part.arrivals_, 0, [&](GroupTable& table, abi::GroupEntry* const* entries, int64_t count) {
    merge(&ctx, this, table.whole, entries, count);
  });
  part.clear();
  ++part.epoch;
}

void AggregateState::keep_in_parts(const abi::StateSharing& sharing) {
  if (parts_) return;
  parts_ = std::make_unique<GroupParts>(GroupTable::Layout{spec_.entry_size, spec_.has_keys, kFirstEntries}, *lone_table_, sharing.number_offset);
}

void AggregateState::write_rows_down() {
  if (staged != nullptr) return;
  for (size_t i = 0; i < abi::kGroupParts; ++i) {
    staged_rows_[i] = std::make_unique<UpdateLog>();
    staged_logs_[i] = staged_rows_[i].get();
  }
  staged = staged_logs_.data();
  lone_table_.reset();  // its groups have been handed over, and nobody should look for any
  create_lone_table();
}

void AggregateState::forget_rows() noexcept {
  if (staged == nullptr) return;
  for (auto& log : staged_rows_) log->clear();
}

void AggregateState::add_waiting(abi::PipelineContext& ctx, const abi::StateSharing& sharing, int32_t worker, bool all) noexcept {
  if (!parts_) return;
  parts_->add_waiting({&ctx, this, code_at<abi::AddStagedFn>(sharing.add_staged_entry), sharing.staged_record_size}, worker, all);
}

int64_t AggregateState::memory_bytes() const {
  int64_t bytes = lone_table_ ? lone_table_->memory_bytes() : 0;
  if (parts_) bytes += parts_->memory_bytes();
  for (const auto& [pane_us, table] : panes_) bytes += table->memory_bytes();
  for (const auto& table : spare_tables_) bytes += table->memory_bytes();
  if (rollup_table_) bytes += rollup_table_->memory_bytes();
  return bytes + static_cast<int64_t>((shown_entries_.capacity() + merged_entries_.capacity()) * sizeof(abi::GroupEntry*));
}

}  // namespace millrace

namespace millrace::abi {

namespace {

millrace::AggregateState& owner(AggregateState* state) { return *static_cast<millrace::AggregateState*>(state); }

}  // namespace

extern "C" {

GroupTable* mr_pane_table(PipelineContext* ctx, AggregateState* state, int64_t pane_start_us) noexcept {
  return owner(state).pane_table(*ctx, pane_start_us);
}

int64_t mr_aggregate_emit_begin(PipelineContext* ctx, AggregateState* state) noexcept { return owner(state).emit_begin(*ctx); }

const EmitUnit* mr_aggregate_emit_unit(PipelineContext* ctx, AggregateState* state, int64_t i) noexcept {
  return owner(state).emit_unit(*ctx, i);
}

void mr_aggregate_emit_end(PipelineContext* ctx, AggregateState* state) noexcept { owner(state).emit_end(*ctx); }

}  // extern "C"

}  // namespace millrace::abi
