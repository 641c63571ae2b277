#include "runtime/state/owned_memory.h"

#include <cstring>

#include "runtime/abi/calls/collect.h"
#include "runtime/abi/string_ref.h"
#include "runtime/hot/aggregates/kept_string.h"

namespace millrace {

namespace {

using abi::NestedItem;

/// In place of the address of bytes that follow in the snapshot, as their reader only asks whether there are any.
const char* const kSomewhere = reinterpret_cast<const char*>(uintptr_t{1});

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void store(char* at, const T& value) {
  std::memcpy(at, &value, sizeof value);
}

/// Bytes whose number has been read already.
const char* read_bytes(SnapshotReader& reader, int64_t size, abi::Arena& arena) {
  if (size < 0 || !reader.has(static_cast<uint64_t>(size))) {
    reader.fail("the snapshot ends too early");
    return nullptr;
  }
  char* bytes = arena.take(size);
  return reader.read(bytes, static_cast<size_t>(size)) ? bytes : nullptr;
}

bool has_bytes(const NestedItem& item) { return item.kind == NestedItem::Kind::Bytes || item.kind == NestedItem::Kind::Run; }

void write_collected(SnapshotWriter& writer, const abi::CollectState& state) {
  for (const abi::CollectedBlock* block = state.first; block != nullptr; block = block->next) {
    for (int64_t i = 0; i < block->used; ++i) {
      const abi::Collected& value = block->items()[i];
      writer.put(value.order);
      writer.put(value.item.kind);
      writer.put(value.item.word);
      if (has_bytes(value.item)) writer.write(value.item.data, static_cast<size_t>(value.item.word));
    }
  }
}

/// All values in one block, to which further ones are appended in blocks of their own.
bool read_collected(SnapshotReader& reader, abi::CollectState& state, abi::Arena& arena) {
  const int64_t count = state.count;
  state.first = state.last = nullptr;
  if (count == 0) return true;
  constexpr uint64_t kLeastBytes = 2 * sizeof(int64_t) + sizeof(NestedItem::Kind);
  if (count < 0 || static_cast<uint64_t>(count) > reader.bytes_left() / kLeastBytes) {
    reader.fail("the snapshot ends too early");
    return false;
  }
  const auto item_bytes = count * static_cast<int64_t>(sizeof(abi::Collected));
  auto* block = new (arena.take(static_cast<int64_t>(sizeof(abi::CollectedBlock)) + item_bytes)) abi::CollectedBlock;
  block->used = block->capacity = count;
  for (int64_t i = 0; i < count; ++i) {
    abi::Collected& value = block->items()[i];
    value.order = reader.get<int64_t>();
    value.item = {reader.get<NestedItem::Kind>(), reader.get<int64_t>(), nullptr};
    if (has_bytes(value.item)) value.item.data = read_bytes(reader, value.item.word, arena);
    if (!reader.ok()) return false;
  }
  state.first = state.last = block;
  return true;
}

}  // namespace

void OwnedMemory::write(SnapshotWriter& writer, const char* entry, size_t size) {
  writer.write(without_addresses(entry, size), size);
  write_owned(writer, entry);
}

const char* OwnedMemory::without_addresses(const char* entry, size_t size) {
  if (fields_.empty()) return entry;
  bytes_.assign(entry, entry + size);
  for (const abi::OwnedField& field : fields_) {
    char* at = bytes_.data() + field.offset;
    switch (field.kind) {
      case abi::OwnedKind::Text: {
        auto text = load<abi::StringRef>(at);
        if (text.data != nullptr) text.data = kSomewhere;
        store(at, text);
        break;
      }
      case abi::OwnedKind::KeptString: {
        auto kept = load<abi::KeptString>(at);
        if (kept.data != nullptr) kept.data = const_cast<char*>(kSomewhere);
        kept.capacity = kept.data != nullptr ? kept.size : 0;
        store(at, kept);
        break;
      }
      case abi::OwnedKind::Distinct:
      case abi::OwnedKind::Values:
        store(at, static_cast<const void*>(nullptr));
        break;
      case abi::OwnedKind::Collected: {
        auto collected = load<abi::CollectState>(at);
        collected.first = collected.last = nullptr;
        store(at, collected);
        break;
      }
    }
  }
  return bytes_.data();
}

void OwnedMemory::write_owned(SnapshotWriter& writer, const char* entry) const {
  for (const abi::OwnedField& field : fields_) {
    const char* at = entry + field.offset;
    switch (field.kind) {
      case abi::OwnedKind::Text: {
        const auto text = load<abi::StringRef>(at);
        if (text.data != nullptr) writer.write(text.data, static_cast<size_t>(text.size));
        break;
      }
      case abi::OwnedKind::KeptString: {
        const auto kept = load<abi::KeptString>(at);
        if (kept.data != nullptr) writer.write(kept.data, static_cast<size_t>(kept.size));
        break;
      }
      case abi::OwnedKind::Distinct:
        abi::write_distinct(writer, load<const abi::DistinctSet*>(at));
        break;
      case abi::OwnedKind::Values:
        abi::write_values(writer, load<const abi::ValueCounts*>(at));
        break;
      case abi::OwnedKind::Collected:
        write_collected(writer, load<abi::CollectState>(at));
        break;
    }
  }
}

bool OwnedMemory::read(SnapshotReader& reader, char* entry, abi::Arena& arena, abi::GroupTable* table) {
  for (const abi::OwnedField& field : fields_) {
    if (!read_field(reader, field, entry + field.offset, arena, table)) return false;
  }
  return true;
}

bool OwnedMemory::read_field(SnapshotReader& reader, const abi::OwnedField& field, char* at, abi::Arena& arena,
                             abi::GroupTable* table) {
  switch (field.kind) {
    case abi::OwnedKind::Text: {
      auto text = load<abi::StringRef>(at);
      if (text.data == nullptr) return true;
      text.data = read_bytes(reader, text.size, arena);
      store(at, text);
      return reader.ok();
    }
    case abi::OwnedKind::KeptString: {
      auto kept = load<abi::KeptString>(at);
      if (kept.data == nullptr) return true;
      kept.data = const_cast<char*>(read_bytes(reader, kept.size, arena));
      kept.capacity = kept.size;
      store(at, kept);
      return reader.ok();
    }
    case abi::OwnedKind::Distinct:
      store(at, abi::read_distinct(reader, table, scratch_));
      return reader.ok();
    case abi::OwnedKind::Values:
      store(at, abi::read_values(reader, table, scratch_));
      return reader.ok();
    case abi::OwnedKind::Collected: {
      auto state = load<abi::CollectState>(at);
      const bool read = read_collected(reader, state, arena);
      store(at, state);
      return read;
    }
  }
  return false;
}

}  // namespace millrace
