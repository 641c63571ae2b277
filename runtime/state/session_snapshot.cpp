#include <cstdlib>
#include <cstring>
#include <unordered_map>

#include "runtime/base/memory.h"
#include "runtime/state/owned_memory.h"
#include "runtime/state/session_record.h"
#include "runtime/state/session_state.h"

namespace millrace {

namespace {

constexpr uint32_t kSessionMark = snapshot_mark("SESS");
constexpr uint64_t kLeastSessionBytes = 40;

}  // namespace

/// Of an entry of the table of keys: all but the pointers to its sessions.
GroupTable::Saved SessionState::saved_keys() const { return {spec_.keys_size, key_fields_}; }

void SessionState::snapshot(SnapshotWriter& writer) const {
  writer.begin(kSessionMark);
  writer.put(epoch);
  writer.put(sessions_made_);
  keys_->snapshot(writer, saved_keys());
  std::vector<abi::GroupEntry*> keys;
  keys_->append_all(keys);
  std::unordered_map<const abi::GroupEntry*, int64_t> numbers;
  for (size_t i = 0; i < keys.size(); ++i) numbers[keys[i]] = static_cast<int64_t>(i);
  writer.put(static_cast<uint64_t>(session_count_));
  OwnedMemory owned(state_fields_);
  for (const auto& session : sessions_) {
    if (!session->in_use) continue;
    writer.put(numbers[session->key]);
    writer.put(session->start_us);
    writer.put(session->end_us);
    writer.put(session->arrival);
    writer.put(static_cast<uint8_t>(sessions_of(session->key).current == session.get()));
    const char* entry = reinterpret_cast<const char*>(session->entry);
    const char* bytes = owned.without_addresses(entry, spec_.entry_size);
    writer.write(bytes, sizeof(abi::GroupEntry));
    writer.write(bytes + spec_.keys_size, spec_.entry_size - spec_.keys_size);
    owned.write_owned(writer, entry);
  }
}

void SessionState::restore(SnapshotReader& reader) {
  clear();
  reader.expect(kSessionMark);
  const auto saved_epoch = reader.get<int64_t>();
  const auto made = reader.get<int64_t>();
  keys_->restore(reader, saved_keys());
  if (!reader.ok()) return;
  epoch = saved_epoch;
  std::vector<abi::GroupEntry*> keys;
  keys_->append_all(keys);
  const uint64_t sessions = reader.get_count(kLeastSessionBytes);
  for (uint64_t i = 0; i < sessions && reader.ok(); ++i) restore_session(reader, keys);
  sessions_made_ = made;
  if (!reader.ok()) return clear();
  for (abi::GroupEntry* key : keys) {
    if (sessions_of(key).all == nullptr) ++unused_keys_;
    key->touched = 1;
  }
}

void SessionState::restore_session(SnapshotReader& reader, const std::vector<abi::GroupEntry*>& keys) {
  const auto key_number = reader.get<int64_t>();
  const auto start_us = reader.get<int64_t>();
  const auto end_us = reader.get<int64_t>();
  const auto arrival = reader.get<int64_t>();
  const bool is_current = reader.get_flag();
  const bool possible = key_number >= 0 && static_cast<size_t>(key_number) < keys.size() && start_us <= end_us;
  if (reader.ok() && !possible) reader.fail("the snapshot has a session of no key");
  if (!reader.ok()) return;
  abi::GroupEntry* key = keys[static_cast<size_t>(key_number)];
  abi::SessionsOfKey& of_key = sessions_of(key);
  if (of_key.all == nullptr) of_key.all = new SessionMap();
  auto& sessions = *static_cast<SessionMap*>(of_key.all);
  if (sessions.contains(start_us)) return reader.fail("the snapshot has a session twice");
  Session* session = make_session(key, start_us, end_us);
  session->arrival = arrival;
  link(sessions, sessions.emplace(start_us, session).first);
  if (is_current) of_key.current = session;
  char* entry = reinterpret_cast<char*>(session->entry);
  reader.read(entry, sizeof(abi::GroupEntry));
  reader.read(entry + spec_.keys_size, spec_.entry_size - spec_.keys_size);
  OwnedMemory owned(state_fields_);
  if (reader.ok() && !owned.empty()) owned.read(reader, entry, session->strings->arena(), session->strings.get());
  if (session->entry->touched == static_cast<uint32_t>(epoch)) touched_.push_back(session);
}

}  // namespace millrace
