#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/abi/group_table.h"
#include "runtime/abi/state_spec.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/state/arena.h"

namespace millrace {

/// What the fields of an entry or row own outside of it, to a snapshot and back. An entry goes there as its bytes are, and what it owns follows, so
/// that nobody writes code for the layout of a query. Addresses among its bytes are left out: equal states give equal bytes in every process.
class OwnedMemory {
 public:
  explicit OwnedMemory(std::span<const abi::OwnedField> fields) : fields_(fields) {}

  bool empty() const { return fields_.empty(); }
  /// The first `size` bytes of an entry, then what its fields own.
  void write(SnapshotWriter& writer, const char* entry, size_t size);

  // The two parts of that, where something comes in between.

  /// The entry's bytes with marks in place of addresses: valid until the next call.
  const char* without_addresses(const char* entry, size_t size);
  void write_owned(SnapshotWriter& writer, const char* entry) const;

  /// Gives the fields of an entry, whose bytes have been read, memory of their own: in `arena`, or for sets and lists in the arena of `table`, which
  /// may be nullptr where there are only texts. False when the snapshot does not hold what it should.
  bool read(SnapshotReader& reader, char* entry, abi::Arena& arena, abi::GroupTable* table);

 private:
  bool read_field(SnapshotReader& reader, const abi::OwnedField& field, char* at, abi::Arena& arena, abi::GroupTable* table);

  std::span<const abi::OwnedField> fields_;
  std::string scratch_;
  std::vector<char> bytes_;
};

namespace abi {

struct DistinctSet;
void write_distinct(SnapshotWriter& writer, const DistinctSet* set);
DistinctSet* read_distinct(SnapshotReader& reader, GroupTable* table, std::string& scratch);

struct ValueCounts;
void write_values(SnapshotWriter& writer, const ValueCounts* values);
ValueCounts* read_values(SnapshotReader& reader, GroupTable* table, std::string& scratch);

}  // namespace abi

}  // namespace millrace
