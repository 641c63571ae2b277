#include "compiler/pipeline/repeat_in_each_batch.h"

#include <algorithm>
#include <type_traits>

#include "compiler/base/sql_error.h"
#include "compiler/pipeline/counted_join_layout.h"

namespace millrace::pipeline {
namespace {

template <class T>
concept ReadsState = requires(const T& part) { part.slot; };

/// The state that a source, an operator or a target reads or fills; -1: none.
struct SlotOf {
  template <class Part>
  int32_t operator()(const Part& part) const {
    if constexpr (std::is_same_v<Part, ScanSource>) return -1;  // what a scan has learned of its source's shape
    else if constexpr (ReadsState<Part>) return part.slot;
    else return -1;
  }
};

class Repeater {
 public:
  explicit Repeater(PhysicalQuery& query) : query_(query), made_anew_(query.states.size(), false) {}

  void run() {
    while (mark_once()) {
    }
    clear_first();
  }

 private:
  bool reads_what_changes(const Pipeline& p) const {
    const auto changes = [&](int32_t slot) { return slot >= 0 && made_anew_[static_cast<size_t>(slot)]; };
    if (p.phase == abi::Phase::Emit || changes(std::visit(SlotOf{}, p.source)) || changes(target_of(p))) return true;
    return std::any_of(p.ops.begin(), p.ops.end(), [&](const auto& op) { return changes(std::visit(SlotOf{}, op)); });
  }

  static int32_t target_of(const Pipeline& p) { return std::visit(SlotOf{}, p.target); }

  /// Whether something was not known before.
  bool mark_once() {
    bool changed = false;
    for (Pipeline& p : query_.pipelines) {
      if (p.phase != abi::Phase::Setup && p.phase != abi::Phase::Emit) continue;
      if (!reads_what_changes(p)) continue;
      changed = changed || p.phase == abi::Phase::Setup;
      p.phase = abi::Phase::Emit;
      if (std::holds_alternative<ScanSource>(p.source)) throw not_supported_yet(query_.query->span, "a table read in each batch of a stream");
      changed = make_anew(target_of(p)) || changed;
      for (const auto& op : p.ops) {
        const auto* probe = std::get_if<ProbeOp>(&op);
        // The matches of the batch before are not this one's.
        if (probe && std::get<JoinState>(query_.states[static_cast<size_t>(probe->slot)]).matched_offset != 0) changed = make_anew(probe->slot) || changed;
      }
    }
    return changed;
  }

  /// Whether that is new.
  bool make_anew(int32_t slot) {
    if (slot < 0 || is_maintained(query_.states[static_cast<size_t>(slot)]) || made_anew_[static_cast<size_t>(slot)]) return false;
    made_anew_[static_cast<size_t>(slot)] = true;
    return true;
  }

  void clear_first() {
    std::vector<bool> seen(query_.states.size(), false);
    for (Pipeline& p : query_.pipelines) {
      const int32_t target = target_of(p);
      if (p.phase != abi::Phase::Emit || target < 0 || is_maintained(query_.states[static_cast<size_t>(target)]) || seen[static_cast<size_t>(target)]) continue;
      seen[static_cast<size_t>(target)] = true;
      const bool has_it = std::find(p.clear_slots.begin(), p.clear_slots.end(), target) != p.clear_slots.end();
      if (!has_it) p.clear_slots.push_back(target);
    }
  }

  PhysicalQuery& query_;
  std::vector<bool> made_anew_;  ///< by state
};

}  // namespace

void repeat_in_each_batch(PhysicalQuery& query) { Repeater(query).run(); }

}  // namespace millrace::pipeline
