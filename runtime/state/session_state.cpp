#include "runtime/state/session_state.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <tuple>

#include "runtime/abi/calls/state.h"
#include "runtime/base/memory.h"
#include "runtime/hot/session.h"
#include "runtime/state/session_record.h"

namespace millrace {

namespace {

constexpr uint32_t kFirstEntries = 16;
constexpr int64_t kFewKeys = 1024;  ///< so many are kept without a session before the table is made anew

}  // namespace

SessionState::SessionState(const abi::AggregateSpec& spec, const abi::CompiledCode* code)
    : abi::AggregateState{nullptr, INT64_MIN, 1, 0, nullptr, nullptr}, spec_(spec), code_(code), keys_(make_key_table()),
      merge_target_({spec.entry_size, false, 1}, nullptr) {
  current = keys_.get();
  for (const abi::OwnedField& field : spec_.owned) (field.offset < spec_.keys_size ? key_fields_ : state_fields_).push_back(field);
}

SessionState::~SessionState() { clear(); }

std::unique_ptr<GroupTable> SessionState::make_key_table() {
  auto size = static_cast<uint32_t>(spec_.keys_size + sizeof(abi::SessionsOfKey));
  return std::make_unique<GroupTable>(GroupTable::Layout{size, spec_.has_keys, kFirstEntries}, nullptr);
}

abi::SessionsOfKey& SessionState::sessions_of(abi::GroupEntry* key) const {
  return *reinterpret_cast<abi::SessionsOfKey*>(reinterpret_cast<char*>(key) + spec_.keys_size);
}

abi::Session* SessionState::find(abi::PipelineContext& ctx, abi::GroupEntry* key, int64_t time_us) noexcept {
  abi::SessionsOfKey& of_key = sessions_of(key);
  if (of_key.all == nullptr) {
    of_key.all = new SessionMap();
    if (key->touched != 0) --unused_keys_;
    key->touched = 1;  // the key has had a session
  }
  auto& sessions = *static_cast<SessionMap*>(of_key.all);
  auto at = place(sessions, key, time_us, abi::mr_session_end(time_us, spec_.size_us));
  Session& into = *at->second;
  for (auto next = std::next(at); next != sessions.end() && next->first <= into.end_us; next = sessions.erase(next)) {
    merge(ctx, into, *next->second);
  }
  link(sessions, at);
  of_key.current = &into;
  return &into;
}

/// The session that ends at or after the row; else one that begins before the row's gap is over; else a new one.
SessionState::SessionMap::iterator SessionState::place(SessionMap& sessions, abi::GroupEntry* key, int64_t time_us, int64_t end_us) {
  auto after = sessions.upper_bound(time_us);
  if (after != sessions.begin() && std::prev(after)->second->end_us >= time_us) {
    auto at = std::prev(after);
    at->second->end_us = std::max(at->second->end_us, end_us);
    return at;
  }
  if (after != sessions.end() && after->first <= end_us) {
    auto hint = std::next(after);
    auto node = sessions.extract(after);
    node.key() = time_us;
    node.mapped()->start_us = time_us;
    return sessions.insert(hint, std::move(node));
  }
  return sessions.emplace_hint(after, time_us, make_session(key, time_us, end_us));
}

void SessionState::link(SessionMap& sessions, SessionMap::iterator at) {
  auto next = std::next(at);
  at->second->next_start_us = next == sessions.end() ? INT64_MAX : next->first;
  if (at != sessions.begin()) std::prev(at)->second->next_start_us = at->first;
}

SessionState::Session* SessionState::make_session(abi::GroupEntry* key, int64_t time_us, int64_t end_us) {
  if (free_.empty()) {
    sessions_.push_back(std::make_unique<Session>(spec_.entry_size));
    free_.push_back(sessions_.back().get());
  }
  Session* session = free_.back();
  free_.pop_back();
  if (spec_.states_own_memory && !session->strings) {
    session->strings = std::make_unique<GroupTable>(GroupTable::Layout{spec_.entry_size, false, 1}, nullptr);
    session->memory = session->strings.get();
  }
  session->key = key;
  session->start_us = time_us;
  session->end_us = end_us;
  session->arrival = sessions_made_++;
  session->in_use = true;
  ++session_count_;
  if (forgets()) {
    waiting_.push({end_us, session});
    session->is_waiting = true;
  }
  return session;
}

/// The generated rollup merges into the one group of a table without keys, which here is the session's entry.
void SessionState::merge(abi::PipelineContext& ctx, Session& into, Session& from) {
  auto merge = reinterpret_cast<abi::RollupFn>(
      code_->entry[static_cast<size_t>(spec_.rollup_entry)].load(std::memory_order_acquire));
  abi::GroupTable* target = into.memory != nullptr ? into.memory : &merge_target_;
  target->only_entry = into.entry;
  merge(&ctx, this, target, &from.entry, 1);
  into.end_us = std::max(into.end_us, from.end_us);
  into.arrival = std::min(into.arrival, from.arrival);
  from.in_use = false;
  --session_count_;
  if (!from.is_waiting) merged_.push_back(&from);  // the queue must not take it for another: there it is recycled when it comes up
}

void SessionState::touch(abi::Session* session) noexcept { touched_.push_back(static_cast<Session*>(session)); }

int64_t SessionState::emit_begin(const abi::PipelineContext& ctx) noexcept {
  shown_.clear();
  if (spec_.what == abi::EmitWhat::Closed) {
    if (ctx.next_watermark_us != INT64_MIN) take_closed(ctx.next_watermark_us);
  } else if (spec_.what == abi::EmitWhat::Touched) {
    std::copy_if(touched_.begin(), touched_.end(), std::back_inserter(shown_), [](const Session* s) { return s->in_use; });
  } else {
    for (const auto& session : sessions_) {
      if (session->in_use) shown_.push_back(session.get());
    }
  }
  // Closed sessions come by end: then their order does not depend on where batches were cut.
  bool by_end = spec_.what == abi::EmitWhat::Closed;
  std::sort(shown_.begin(), shown_.end(), [by_end](const Session* a, const Session* b) {
    return std::tuple(by_end ? a->end_us : 0, a->start_us, a->arrival) < std::tuple(by_end ? b->end_us : 0, b->start_us, b->arrival);
  });
  shown_count_ = static_cast<int64_t>(shown_.size());
  return shown_count_;
}

/// Takes the sessions that have ended by then out of the queue, into shown_.
void SessionState::take_closed(int64_t watermark_us) {
  while (!waiting_.empty() && waiting_.top().end_us <= watermark_us) {
    Session* session = waiting_.top().session;
    waiting_.pop();
    if (session->in_use && session->end_us > watermark_us) {
      waiting_.push({session->end_us, session});
      continue;
    }
    session->is_waiting = false;
    session->in_use ? shown_.push_back(session) : recycle(*session);
  }
}

const abi::EmitUnit* SessionState::emit_unit(int64_t i) noexcept {
  Session& session = *shown_[static_cast<size_t>(i)];
  auto key_bytes = spec_.keys_size - sizeof(abi::GroupEntry);
  std::memcpy(session.entry + 1, session.key + 1, key_bytes);
  unit_ = {&session.entry, 1, session.start_us, session.end_us};
  return &unit_;
}

void SessionState::emit_end(const abi::PipelineContext& ctx) noexcept {
  touched_.clear();
  if (forgets() && ctx.next_watermark_us != INT64_MIN) {
    if (spec_.what != abi::EmitWhat::Closed) {
      shown_.clear();
      take_closed(ctx.next_watermark_us);
    }
    for (Session* session : shown_) remove(*session);
    if (unused_keys_ > kFewKeys && unused_keys_ * 2 > keys_->count) drop_unused_keys();
  }
  shown_.clear();
  for (Session* session : merged_) recycle(*session);
  merged_.clear();
  ++epoch;
  if (static_cast<uint32_t>(epoch) == 0) ++epoch;  // 0 marks a session that was never changed
}

void SessionState::remove(Session& session) {
  abi::SessionsOfKey& of_key = sessions_of(session.key);
  auto& sessions = *static_cast<SessionMap*>(of_key.all);
  auto next = sessions.erase(sessions.find(session.start_us));
  if (next != sessions.begin()) std::prev(next)->second->next_start_us = next == sessions.end() ? INT64_MAX : next->first;
  if (of_key.current == &session) of_key.current = nullptr;
  if (sessions.empty()) {
    delete &sessions;
    of_key.all = nullptr;
    ++unused_keys_;
  }
  session.in_use = false;
  --session_count_;
  recycle(session);
}

void SessionState::recycle(Session& session) {
  std::memset(static_cast<void*>(session.entry), 0, spec_.entry_size);
  if (session.strings) {
    session.strings->clear();
    session.strings->only_entry = nullptr;
  }
  session.next_start_us = INT64_MAX;
  free_.push_back(&session);
}

/// Makes the table of keys anew with those that have sessions.
void SessionState::drop_unused_keys() {
  std::unique_ptr<GroupTable> kept = make_key_table();
  keys_->settle();
  for (uint64_t i = 0; i <= keys_->mask; ++i) {
    if (keys_->slots[i] != 0) move_key(*kept, keys_->slots[i]);
  }
  keys_ = std::move(kept);
  current = keys_.get();
  unused_keys_ = 0;
}

void SessionState::move_key(GroupTable& to, uint64_t slot) {
  auto* from = reinterpret_cast<abi::GroupEntry*>(slot & abi::kSlotAddressMask);
  auto* sessions = static_cast<SessionMap*>(sessions_of(from).all);
  if (sessions == nullptr) return;
  abi::GroupEntry* entry = to.insert((slot & ~abi::kSlotAddressMask) | from->hash);  // a table needs no more of a hash
  entry->touched = 1;
  std::memcpy(static_cast<void*>(entry + 1), from + 1, spec_.keys_size + sizeof(abi::SessionsOfKey) - sizeof(abi::GroupEntry));
  for (uint32_t offset : spec_.text_keys) {
    auto& text = *reinterpret_cast<abi::StringRef*>(reinterpret_cast<char*>(entry) + offset);
    text.data = to.arena().copy(text.data, text.size);
  }
  for (auto& [start_us, session] : *sessions) session->key = entry;
}

void SessionState::clear() noexcept {
  touched_.clear();
  shown_.clear();
  take_closed(INT64_MAX);
  for (const auto& session : sessions_) {
    if (session->in_use) remove(*session);
  }
  for (Session* session : merged_) recycle(*session);
  merged_.clear();
  shown_.clear();
  keys_->clear();
  unused_keys_ = 0;
}

int64_t SessionState::memory_bytes() const {
  auto sessions = static_cast<int64_t>(sessions_.size());
  int64_t bytes = keys_->memory_bytes() + sessions * static_cast<int64_t>(sizeof(Session) + spec_.entry_size);
  for (const auto& session : sessions_) bytes += session->strings ? session->strings->memory_bytes() : 0;
  return bytes;
}

}  // namespace millrace

namespace millrace::abi {

namespace {

millrace::SessionState& owner(AggregateState* state) { return *static_cast<millrace::SessionState*>(state); }

}  // namespace

extern "C" {

Session* mr_session_find(PipelineContext* ctx, AggregateState* state, GroupEntry* key, int64_t time_us) noexcept {
  return owner(state).find(*ctx, key, time_us);
}

void mr_session_touch(AggregateState* state, Session* session) noexcept { owner(state).touch(session); }

int64_t mr_session_emit_begin(PipelineContext* ctx, AggregateState* state) noexcept { return owner(state).emit_begin(*ctx); }

const EmitUnit* mr_session_emit_unit(PipelineContext*, AggregateState* state, int64_t i) noexcept {
  return owner(state).emit_unit(i);
}

void mr_session_emit_end(PipelineContext* ctx, AggregateState* state) noexcept { owner(state).emit_end(*ctx); }

}  // extern "C"

}  // namespace millrace::abi
