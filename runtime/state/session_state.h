#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "runtime/abi/calls/sessions.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/program.h"
#include "runtime/state/group_table.h"

namespace millrace {

/// The state of an aggregate by session: a table of keys, and for each key its sessions by start, which never touch.
///
/// A session's states lie in an entry of its own, so that two sessions which a row joins are merged as groups are rolled up, and a
/// closed one is forgotten at once. Sessions that the watermark may close wait in a queue by the end that they had when they were
/// last looked at: a row that lengthens a session costs nothing there. Order of calls as for AggregateState. One thread.
class SessionState : public abi::AggregateState {
 public:
  /// `code` gives the merge function, looked up anew for each merge; it outlives the state.
  SessionState(const abi::AggregateSpec& spec, const abi::CompiledCode* code);
  ~SessionState();
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;

  abi::Session* find(abi::PipelineContext& ctx, abi::GroupEntry* key, int64_t time_us) noexcept;
  void touch(abi::Session* session) noexcept;

  int64_t emit_begin(const abi::PipelineContext& ctx) noexcept;
  const abi::EmitUnit* emit_unit(int64_t i) noexcept;
  void emit_end(const abi::PipelineContext& ctx) noexcept;

  /// Forgets all sessions: for aggregates that are computed anew in each batch.
  void clear() noexcept;

  /// At any time but during an emission; a snapshot that does not fit fails the reader.
  void snapshot(SnapshotWriter& writer) const;
  void restore(SnapshotReader& reader);

  int64_t group_count() const { return session_count_; }
  int64_t shown_count() const { return shown_count_; }
  int64_t memory_bytes() const;

 private:
  struct Session;
  using SessionMap = std::map<int64_t, Session*>;  ///< by start
  struct Waiting {
    int64_t end_us;
    Session* session;
    bool operator<(const Waiting& other) const { return end_us > other.end_us; }  // the earliest end is the top
  };

  bool forgets() const { return spec_.drops_late || spec_.what == abi::EmitWhat::Closed; }
  abi::SessionsOfKey& sessions_of(abi::GroupEntry* key) const;
  SessionMap::iterator place(SessionMap& sessions, abi::GroupEntry* key, int64_t time_us, int64_t end_us);
  void link(SessionMap& sessions, SessionMap::iterator at);
  Session* make_session(abi::GroupEntry* key, int64_t time_us, int64_t end_us);
  void merge(abi::PipelineContext& ctx, Session& into, Session& from);
  void take_closed(int64_t watermark_us);
  void remove(Session& session);
  void recycle(Session& session);
  void drop_unused_keys();
  std::unique_ptr<GroupTable> make_key_table();
  void move_key(GroupTable& to, uint64_t slot);
  GroupTable::Saved saved_keys() const;
  void restore_session(SnapshotReader& reader, const std::vector<abi::GroupEntry*>& keys);

  abi::AggregateSpec spec_;
  std::vector<abi::OwnedField> key_fields_;    ///< of spec_.owned, those of an entry of the table of keys
  std::vector<abi::OwnedField> state_fields_;  ///< and those of a session's entry
  const abi::CompiledCode* code_;
  std::unique_ptr<GroupTable> keys_;
  int64_t unused_keys_ = 0;    ///< keys without a session
  int64_t session_count_ = 0;
  int64_t sessions_made_ = 0;  ///< gives sessions their order of arrival

  std::vector<std::unique_ptr<Session>> sessions_;  ///< all, in use or not
  std::vector<Session*> free_;
  std::vector<Session*> merged_;      ///< went into others in this batch: not in use any more, and not in the queue
  std::priority_queue<Waiting> waiting_;
  GroupTable merge_target_;           ///< lends its `only_entry` to merges where no aggregate needs memory

  std::vector<Session*> touched_;
  std::vector<Session*> shown_;
  abi::EmitUnit unit_{};
  int64_t shown_count_ = 0;
};

}  // namespace millrace
