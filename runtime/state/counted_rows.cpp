#include "runtime/state/counted_rows.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "runtime/abi/calls/counted_rows.h"
#include "runtime/abi/string_ref.h"
#include "runtime/base/memory.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/state/owned_memory.h"
#include "runtime/state/row_values.h"

namespace millrace {

namespace {

constexpr size_t kFirstChains = 64;
constexpr uint32_t kCountedRowsMark = snapshot_mark("CNTD");

const char* bytes_of(const abi::CountedRow* row) { return reinterpret_cast<const char*>(row); }

int64_t text_bytes(const std::vector<abi::OwnedField>& texts, const char* row) {
  int64_t bytes = 0;
  for (const abi::OwnedField& text : texts) bytes += read_row<abi::StringRef>(row, text.offset).size;
  return bytes;
}

}  // namespace

CountedRows::CountedRows(const abi::CountedRowsSpec& spec)
    : abi::CountedRows{nullptr, kFirstChains - 1, nullptr}, spec_(spec), chain_heads_(kFirstChains, {nullptr, nullptr}), staging_(spec.row_size) {
  chains = chain_heads_.data();
  staged = staging_.data();
  if (!spec_.only_adds) by_value_.assign(kFirstChains, nullptr);
}

CountedRows::~CountedRows() {
  for (const abi::CountedChain& chain : chain_heads_) {
    for (abi::CountedRow* row = chain.first; row != nullptr;) std::free(std::exchange(row, row->next));
  }
}

int64_t CountedRows::memory_bytes() const {
  return row_bytes_ + static_cast<int64_t>(chain_heads_.capacity() * sizeof(abi::CountedChain) + by_value_.capacity() * sizeof(abi::CountedRow*));
}

/// The row with the staged one's values.
abi::CountedRow* CountedRows::find(uint64_t row_hash) noexcept {
  for (abi::CountedRow* row = by_value_[row_hash & mask]; row != nullptr; row = row->alike) {
    if (row->row_hash == row_hash && same_values(spec_.values, bytes_of(row), staged)) return row;
  }
  return nullptr;
}

/// Row and texts are one piece of memory.
abi::CountedRow* CountedRows::keep_staged() noexcept {
  const auto size = static_cast<int64_t>(spec_.row_size) + text_bytes(spec_.owned, staged);
  auto* kept = static_cast<char*>(allocate(static_cast<size_t>(size)));
  std::memcpy(kept, staged, spec_.row_size);
  char* free = kept + spec_.row_size;
  for (const abi::OwnedField& text : spec_.owned) {
    auto bytes = read_row<abi::StringRef>(staged, text.offset);
    if (bytes.size > 0) std::memcpy(free, bytes.data, static_cast<size_t>(bytes.size));
    bytes.data = free;
    std::memcpy(kept + text.offset, &bytes, sizeof bytes);
    free += bytes.size;
  }
  ++row_count_;
  row_bytes_ += size;
  return reinterpret_cast<abi::CountedRow*>(kept);
}

void CountedRows::link(abi::CountedRow* row) noexcept {
  abi::CountedChain& chain = chain_heads_[row->hash & mask];
  row->next = nullptr;
  row->previous = chain.last;
  (chain.last != nullptr ? chain.last->next : chain.first) = row;
  chain.last = row;
  if (spec_.only_adds) return;
  abi::CountedRow*& head = by_value_[row->row_hash & mask];
  row->alike = head;
  head = row;
}

void CountedRows::remove(abi::CountedRow* row) noexcept {
  abi::CountedChain& chain = chain_heads_[row->hash & mask];
  (row->previous != nullptr ? row->previous->next : chain.first) = row->next;
  (row->next != nullptr ? row->next->previous : chain.last) = row->previous;
  abi::CountedRow** link = &by_value_[row->row_hash & mask];
  while (*link != row) link = &(*link)->alike;
  *link = row->alike;
  if (spec_.at_most_one) std::erase(suspects_, row);
  --row_count_;
  row_bytes_ -= static_cast<int64_t>(spec_.row_size) + text_bytes(spec_.owned, bytes_of(row));
  std::free(row);
}

/// Chains keep their order: the rows of an old one go to two new ones from its front.
void CountedRows::grow() noexcept {
  std::vector<abi::CountedChain> old(chain_heads_.size() * 2, {nullptr, nullptr});
  old.swap(chain_heads_);
  chains = chain_heads_.data();
  mask = chain_heads_.size() - 1;
  if (!spec_.only_adds) by_value_.assign(chain_heads_.size(), nullptr);
  for (const abi::CountedChain& chain : old) {
    for (abi::CountedRow* row = chain.first; row != nullptr;) {
      abi::CountedRow* next = row->next;
      link(row);
      row = next;
    }
  }
}

void CountedRows::add(uint64_t hash, int64_t weight, int64_t matches) noexcept {
  uint64_t row_hash = 0;
  abi::CountedRow* row = nullptr;
  if (!spec_.only_adds) {
    row_hash = hash_values(spec_.values, staged);
    row = find(row_hash);
  }
  if (row != nullptr) {
    row->weight += weight;
    row->matches = matches;
    if (row->weight == 0) return remove(row);
  } else {
    if (row_count_ >= chain_heads_.size()) grow();
    row = keep_staged();
    row->hash = hash;
    row->row_hash = row_hash;
    row->weight = weight;
    row->matches = matches;
    row->number = next_number_++;
    link(row);
  }
  if (spec_.at_most_one && matches > 1) suspects_.push_back(row);
}

Status CountedRows::limit() const {
  const auto has_several = [](const abi::CountedRow* row) { return row->weight > 0 && row->matches > 1; };
  if (std::any_of(suspects_.begin(), suspects_.end(), has_several)) {
    return Status::error("a subquery that stands for a value gave more than one row: add LIMIT 1, or an aggregate such as max()");
  }
  if (row_count() <= spec_.max_rows) return {};
  return Status::error("a join keeps " + std::to_string(row_count()) + " rows of one side, more than max_kept_rows = " + std::to_string(spec_.max_rows) +
                       "; let it keep less (filter, group), or raise SET max_kept_rows");
}

/// Rows go out by chain; their numbers bring them into order again.
void CountedRows::snapshot(SnapshotWriter& writer) const {
  OwnedMemory owned(spec_.owned);
  writer.begin(kCountedRowsMark);
  writer.put(spec_.row_size);
  writer.put(next_number_);
  writer.put(static_cast<uint64_t>(row_count_));
  std::vector<char> bytes(spec_.row_size);
  for (const abi::CountedChain& chain : chain_heads_) {
    for (const abi::CountedRow* row = chain.first; row != nullptr; row = row->next) {
      std::memcpy(bytes.data(), row, bytes.size());
      std::memset(bytes.data(), 0, offsetof(abi::CountedRow, hash));  // its neighbours are found anew
      owned.write(writer, bytes.data(), bytes.size());
    }
  }
}

void CountedRows::restore(SnapshotReader& reader) {
  reader.expect(kCountedRowsMark);
  if (reader.get<uint32_t>() != spec_.row_size && reader.ok()) reader.fail("the snapshot has rows of another size");
  next_number_ = reader.get<int64_t>();
  const uint64_t count = reader.get_count(spec_.row_size);
  std::vector<abi::CountedRow*> rows;
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    abi::Arena texts;
    OwnedMemory owned(spec_.owned);
    if (!reader.read(staged, spec_.row_size) || !owned.read(reader, staged, texts, nullptr)) break;
    rows.push_back(keep_staged());
  }
  std::sort(rows.begin(), rows.end(), [](const abi::CountedRow* a, const abi::CountedRow* b) { return a->number < b->number; });
  for (abi::CountedRow* row : rows) {
    link(row);
    if (spec_.at_most_one && row->matches > 1) suspects_.push_back(row);
  }
  while (row_count_ > chain_heads_.size()) grow();
}

}  // namespace millrace

namespace millrace::abi {

extern "C" {

void mr_counted_add(CountedRows* rows, uint64_t hash, int64_t weight, int64_t matches) noexcept {
  static_cast<millrace::CountedRows*>(rows)->add(hash, weight, matches);
}

void mr_counted_suspect(CountedRows* rows, CountedRow* row) noexcept { static_cast<millrace::CountedRows*>(rows)->suspect(row); }

}  // extern "C"

}  // namespace millrace::abi
