#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "runtime/abi/state_spec.h"
#include "runtime/state/kept_row.h"
#include "runtime/state/number_index.h"

namespace millrace {

/// Kept rows by the values of some columns, to show of a batch the groups that it has changed, whole: for what can only be computed of all rows
/// of a group. Where only the first rows of a group's order are wanted, groups are kept in order.
///
/// The rows are their ChangeLog's; those that have gone stay valid until the next batch. One thread.
class RowGroups {
 public:
  explicit RowGroups(const abi::ChangesSpec& spec) : spec_(spec) {}

  void add(char* row);
  void remove(char* row);
  /// As remove and add, but in a group's order of arrival the one takes the other's place.
  void replace(char* old, char* row);

  /// Appends the rows of the groups that have changed since the last time, by order of arrival or the first ones in order, each marked as present; and of a group that has
  /// none left one that has gone, marked as not.
  void show_changed(std::vector<char*>& out);
  /// As they are, they are not news: after a restart.
  void forget_changes();

  int64_t memory_bytes() const;

 private:
  using Sorted = std::set<char*, EarlierRow>;
  struct Group {
    uint64_t hash = 0;
    const char* key = nullptr;       ///< a row of it, or one that has gone in this batch; nullptr: the number is free
    size_t row_count = 0;
    std::vector<char*> rows;         ///< by arrival, nullptr where one has gone in this batch
    std::unique_ptr<Sorted> sorted;  ///< in place of `rows`
    bool has_changed = false;
  };

  bool keeps_order() const { return spec_.first_rows >= 0; }
  Group& group_of(char* row);
  void change(uint32_t number);
  void put(Group& group, char* row);
  void show_all(Group& group, std::vector<char*>& out);
  void show_first(const Group& group, std::vector<char*>& out) const;
  void forget(uint32_t number);

  const abi::ChangesSpec& spec_;
  std::vector<Group> groups_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> changed_;
  NumberIndex index_;
  size_t row_count_ = 0;
};

}  // namespace millrace
