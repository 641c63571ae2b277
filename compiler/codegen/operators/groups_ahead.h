#pragma once

#include <optional>
#include <vector>

#include "compiler/codegen/ir/emitter.h"
#include "compiler/pipeline/pipeline.h"
#include "runtime/abi/group_table.h"
#include "runtime/abi/json_scan.h"

namespace millrace {

/// Asks for the memory of the groups that the next rows go to before those rows are computed: a group of a table beyond the caches costs
/// a row two loads that miss, and by itself the processor has few rows' loads under way at a time [Chen et al., "Improving Hash Join Performance
/// through Prefetching", ICDE 2004]. Of rows whose keys are placed and plain, which are nearly all; nothing but time depends on it.
class GroupsAhead {
 public:
  /// Rows asked for at a time.
  static constexpr int64_t kRows = 64;

  /// What is known of the rows, from row `from` on, as JsonScan has it; `fields` places a row.
  struct Placed {
    ir::Int from;
    ir::Pointer<const uint64_t> known;
    ir::Bytes places;
    size_t fields;
    ir::Bytes base;  ///< of the block
  };

  /// The fields of the scan that are the keys of the pipeline's groups. Empty: there are no groups, or their keys are computed, of a type that is never
  /// plain, or are had by way of a join.
  static std::vector<uint32_t> key_fields(const pipeline::PhysicalQuery& query, const pipeline::Pipeline& pipeline, const abi::ScanSpec& scan,
                                          const std::vector<SqlType>& types);

  GroupsAhead(ir::Emitter& emitter, const Placed& placed, std::vector<uint32_t> keys, const std::vector<SqlType>& types)
      : e(emitter), placed_(placed), keys_(std::move(keys)), types_(types) {}

  /// Emits asking for the groups, of so many bytes each, of at most kRows rows, if the table in use is large.
  void ask(ir::Pointer<abi::AggregateState> state, int64_t entry_bytes, ir::Int from, ir::Int to);

 private:
  void ask_for_slots(ir::Pointer<abi::GroupTable> table, ir::Int from, ir::Int to, ir::Pointer<uint64_t> hashes);
  ir::Word hash_of(ir::Bytes places);

  ir::Emitter& e;
  Placed placed_;
  std::vector<uint32_t> keys_;
  const std::vector<SqlType>& types_;  ///< of the scan's fields
};

}  // namespace millrace
