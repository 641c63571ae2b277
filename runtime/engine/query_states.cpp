#include "runtime/engine/query_states.h"

#include <algorithm>
#include <utility>

#include "runtime/base/byte_size.h"
#include "runtime/base/snapshot_reader.h"
#include "runtime/base/snapshot_writer.h"
#include "runtime/engine/shared_scans.h"
#include "runtime/formats/csv_locate.h"
#include "runtime/formats/json_locate.h"

namespace millrace {

/// What a pipeline has learned about its source; text needs nothing.
struct QueryStates::ScanState {
  ScanState(const abi::ScanStateSpec& spec, SharedScans& scans, int32_t worker) : is_shared(spec.shared >= 0) {
    if (is_shared) {
      json = scans.of(spec.shared, worker);
    } else if (spec.scan.format == abi::Format::Json) {
      json = json_scan_create(spec.scan);
    } else if (spec.scan.format == abi::Format::Csv) {
      csv = csv_scan_create(spec.scan);
    }
  }
  ~ScanState() {
    if (json != nullptr && !is_shared) json_scan_destroy(json);
    if (csv != nullptr) csv_scan_destroy(csv);
  }
  ScanState(const ScanState&) = delete;
  ScanState& operator=(const ScanState&) = delete;

  void* slot() const { return json != nullptr ? static_cast<void*>(json) : static_cast<void*>(csv); }

  bool is_shared;  ///< and somebody else's
  abi::JsonScan* json = nullptr;
  abi::CsvScan* csv = nullptr;
};

namespace {

/// Clears what pipelines refill; what a scan has learned stays.
struct ClearState {
  template <typename State>
  void operator()(const std::unique_ptr<State>& state) const {
    if constexpr (requires { state->clear(); }) state->clear();
  }
};

struct FinishState {
  template <typename State>
  void operator()(const std::unique_ptr<State>& state) const {
    if constexpr (requires { state->finish(); }) state->finish();
  }
};

}  // namespace

// Generated code takes a slot for the abi's view of the state: the base, where there is one.
struct QueryStates::Slot {
  void* operator()(const std::unique_ptr<AggregateState>& state) const { return static_cast<abi::AggregateState*>(state.get()); }
  void* operator()(const std::unique_ptr<SessionState>& state) const { return static_cast<abi::AggregateState*>(state.get()); }
  void* operator()(const std::unique_ptr<StreamJoinTable>& table) const { return static_cast<abi::StreamJoinTable*>(table.get()); }
  void* operator()(const std::unique_ptr<CountedRows>& rows) const { return static_cast<abi::CountedRows*>(rows.get()); }
  void* operator()(const std::unique_ptr<JoinTable>& table) const { return static_cast<abi::JoinTable*>(table.get()); }
  void* operator()(const std::unique_ptr<abi::TupleBuffer>& buffer) const { return buffer.get(); }
  void* operator()(const std::unique_ptr<ChangeLog>& log) const { return static_cast<abi::TupleBuffer*>(log.get()); }
  void* operator()(const std::unique_ptr<abi::OverState>& over) const { return over.get(); }
  void* operator()(const std::unique_ptr<ScanState>& scan) const { return scan->slot(); }
};

QueryStates::QueryStates(const abi::QuerySpec& query, SharedScans& scans) : query_(query) {
  struct Make {
    const abi::CompiledCode* code;
    SharedScans& scans;
    Owned operator()(const abi::AggregateSpec& spec) const {
      if (spec.time == abi::TimeKind::Session) return std::make_unique<SessionState>(spec, code);
      return std::make_unique<AggregateState>(spec, code);
    }
    Owned operator()(const abi::JoinSpec& spec) const { return std::make_unique<JoinTable>(spec); }
    Owned operator()(const abi::StreamJoinSpec& spec) const { return std::make_unique<StreamJoinTable>(spec); }
    Owned operator()(const abi::CountedRowsSpec& spec) const { return std::make_unique<CountedRows>(spec); }
    Owned operator()(const abi::TupleBufferSpec& spec) const { return std::make_unique<abi::TupleBuffer>(spec); }
    Owned operator()(const abi::OverSpec& spec) const { return std::make_unique<abi::OverState>(spec, code); }
    Owned operator()(const abi::ViewScanSpec&) const { return std::make_unique<abi::TupleBuffer>(abi::TupleBufferSpec{}); }
    Owned operator()(const abi::ChangesSpec& spec) const { return std::make_unique<ChangeLog>(spec); }
    Owned operator()(const abi::ScanStateSpec& spec) const { return std::make_unique<ScanState>(spec, scans, 0); }
  };
  for (const abi::StateSpec& spec : query.states) {
    states_.push_back(std::visit(Make{query.code.get(), scans}, spec));
    slots_.push_back(std::visit(Slot{}, states_.back()));
  }
}

QueryStates::QueryStates(const abi::QuerySpec& query, const abi::QuerySharing& sharing, const QueryStates& whole, SharedScans& scans,
                         int32_t number)
    : query_(query) {
  for (size_t i = 0; i < query.states.size(); ++i) {
    if (sharing.states[i].adopt_entry >= 0) {
      const auto& aggregate = std::get<abi::AggregateSpec>(query.states[i]);
      states_.push_back(std::make_unique<AggregateState>(aggregate, query.code.get(), number, sharing.states[i]));
    } else if (const auto* scan = std::get_if<abi::ScanStateSpec>(&query.states[i])) {
      states_.push_back(std::make_unique<ScanState>(*scan, scans, number));
    } else {
      states_.push_back(std::unique_ptr<JoinTable>());
      slots_.push_back(whole.slots_[i]);
      continue;
    }
    slots_.push_back(std::visit(Slot{}, states_.back()));
  }
}

QueryStates::~QueryStates() = default;

void QueryStates::take_run(abi::PipelineContext& ctx, QueryStates& part, const abi::QuerySharing& sharing) {
  for (size_t i = 0; i < states_.size(); ++i) {
    auto* theirs = std::get_if<std::unique_ptr<AggregateState>>(&part.states_[i]);
    if (theirs != nullptr) std::get<std::unique_ptr<AggregateState>>(states_[i])->take_run(ctx, **theirs, sharing.states[i]);
  }
}

void QueryStates::take_rest(abi::PipelineContext& ctx, QueryStates& part, const abi::QuerySharing& sharing) {
  for (size_t i = 0; i < states_.size(); ++i) {
    auto* theirs = std::get_if<std::unique_ptr<AggregateState>>(&part.states_[i]);
    if (theirs != nullptr) std::get<std::unique_ptr<AggregateState>>(states_[i])->take_rest(ctx, **theirs, sharing.states[i]);
  }
}

bool QueryStates::can_keep_in_parts(const abi::QuerySharing& sharing) {
  const auto is_shared = [](const abi::StateSharing& state) { return state.adopt_entry >= 0; };
  const auto can = [&](const abi::StateSharing& state) { return !is_shared(state) || state.add_staged_entry >= 0; };
  return std::any_of(sharing.states.begin(), sharing.states.end(), is_shared) && std::all_of(sharing.states.begin(), sharing.states.end(), can);
}

template <typename Visit>
void QueryStates::for_each_shared(const abi::QuerySharing& sharing, Visit visit) {
  for (size_t i = 0; i < states_.size(); ++i) {
    if (sharing.states[i].adopt_entry >= 0) visit(*std::get<std::unique_ptr<AggregateState>>(states_[i]), sharing.states[i]);
  }
}

void QueryStates::keep_in_parts(const abi::QuerySharing& sharing) {
  for_each_shared(sharing, [](AggregateState& state, const abi::StateSharing& its) { state.keep_in_parts(its); });
}

void QueryStates::write_rows_down(const abi::QuerySharing& sharing) {
  for_each_shared(sharing, [](AggregateState& state, const abi::StateSharing&) { state.write_rows_down(); });
}

void QueryStates::forget_rows(const abi::QuerySharing& sharing) {
  for_each_shared(sharing, [](AggregateState& state, const abi::StateSharing&) { state.forget_rows(); });
}

void QueryStates::add_waiting(abi::PipelineContext& ctx, const abi::QuerySharing& sharing, int32_t worker, bool all) {
  for_each_shared(sharing, [&](AggregateState& state, const abi::StateSharing& its) { state.add_waiting(ctx, its, worker, all); });
}

void QueryStates::clear(int32_t slot) { std::visit(ClearState{}, states_[static_cast<size_t>(slot)]); }

void QueryStates::finish(int32_t slot) { std::visit(FinishState{}, states_[static_cast<size_t>(slot)]); }

abi::TupleBuffer& QueryStates::tuples(int32_t slot) {
  return *std::get<std::unique_ptr<abi::TupleBuffer>>(states_[static_cast<size_t>(slot)]);
}

Status QueryStates::limit() const {
  Status status;
  const auto check = [&](const auto& state) {
    if constexpr (requires { state->limit(); }) {
      if (state != nullptr && status.ok()) status = state->limit();
    }
  };
  for (const Owned& state : states_) std::visit(check, state);
  return status;
}

void QueryStates::end_batch(int64_t watermark_us) {
  for (Owned& state : states_) {
    if (auto* join = std::get_if<std::unique_ptr<StreamJoinTable>>(&state)) (*join)->end_batch(watermark_us);
    if (auto* log = std::get_if<std::unique_ptr<ChangeLog>>(&state)) (*log)->end_batch(watermark_us);
    if (auto* rows = std::get_if<std::unique_ptr<CountedRows>>(&state)) (*rows)->end_batch();
    if (auto* buffer = std::get_if<std::unique_ptr<abi::TupleBuffer>>(&state)) (*buffer)->end_batch();
  }
}

// What kinds of state a snapshot has, and which it has not, since the Setup pipelines fill them anew or a scan learns them again. A new kind without a snapshot
// does not compile before it is listed here.
struct QueryStates::Keeper {
  using Join = std::unique_ptr<JoinTable>;
  using Scan = std::unique_ptr<ScanState>;

  static bool keeps(const Join&) { return false; }
  static bool keeps(const Scan&) { return false; }
  template <typename State>
  static bool keeps(const std::unique_ptr<State>&) { return true; }

  static void write(const Join&, SnapshotWriter&) {}
  static void write(const Scan&, SnapshotWriter&) {}
  template <typename State>
  static void write(const std::unique_ptr<State>& state, SnapshotWriter& writer) { state->snapshot(writer); }

  static void read(const Join&, SnapshotReader&) {}
  static void read(const Scan&, SnapshotReader&) {}
  template <typename State>
  static void read(const std::unique_ptr<State>& state, SnapshotReader& reader) { state->restore(reader); }
};

/// What a batch's end computes anew is not, nor is what a view is read into.
bool QueryStates::is_saved(size_t slot) const {
  for (const abi::PipelineSpec& pipeline : query_.pipelines) {
    const std::vector<int32_t>& cleared = pipeline.clear_slots;
    const bool is_cleared = std::find(cleared.begin(), cleared.end(), static_cast<int32_t>(slot)) != cleared.end();
    const bool keeps_result = std::holds_alternative<abi::ChangesSpec>(query_.states[slot]);
    if (pipeline.phase == abi::Phase::Emit && is_cleared && !keeps_result) return false;
  }
  return !std::holds_alternative<abi::ViewScanSpec>(query_.states[slot]) &&
         std::visit([](const auto& state) { return Keeper::keeps(state); }, states_[slot]);
}

void QueryStates::snapshot(SnapshotWriter& writer) const {
  for (size_t slot = 0; slot < states_.size(); ++slot) {
    if (!is_saved(slot)) continue;
    writer.put(static_cast<uint64_t>(slot));
    std::visit([&](const auto& state) { Keeper::write(state, writer); }, states_[slot]);
  }
}

void QueryStates::restore(SnapshotReader& reader) {
  for (size_t slot = 0; slot < states_.size() && reader.ok(); ++slot) {
    if (!is_saved(slot)) continue;
    if (reader.get<uint64_t>() != slot && reader.ok()) reader.fail("the snapshot has other states than the query");
    if (!reader.ok()) return;
    std::visit([&](const auto& state) { Keeper::read(state, reader); }, states_[slot]);
  }
}

bool QueryStates::may_show_kept_rows() const {
  for (const Owned& state : states_) {
    auto* join = std::get_if<std::unique_ptr<StreamJoinTable>>(&state);
    if (join && (*join)->shows_unmatched() && (*join)->row_count() > 0) return true;
  }
  return false;
}

int64_t QueryStates::join_rows_most() const {
  int64_t rows = 0;
  for (const Owned& state : states_) {
    if (auto* join = std::get_if<std::unique_ptr<StreamJoinTable>>(&state)) rows += (*join)->most_rows();
  }
  return rows;
}

int64_t QueryStates::join_bytes_most() const {
  int64_t bytes = 0;
  for (const Owned& state : states_) {
    if (auto* join = std::get_if<std::unique_ptr<StreamJoinTable>>(&state)) bytes += (*join)->most_bytes();
  }
  return bytes;
}

namespace {

/// What `measure` says of all states that keep groups or rows; 0 where it has nothing to say.
template <typename States, typename Measure>
int64_t sum_over_states(const States& states, Measure measure) {
  int64_t sum = 0;
  for (const auto& owned : states) std::visit([&](const auto& state) { sum += state == nullptr ? 0 : measure(*state); }, owned);
  return sum;
}

}  // namespace

int64_t QueryStates::kept_count() const {
  return sum_over_states(states_, [](const auto& state) -> int64_t {
    if constexpr (requires { state.group_count(); }) return state.group_count();
    else if constexpr (requires { state.row_count(); }) return state.row_count();
    else return 0;
  });
}

int64_t QueryStates::shown_count() const {
  return sum_over_states(states_, [](const auto& state) -> int64_t {
    if constexpr (requires { state.group_count(); }) return state.shown_count();
    else return 0;
  });
}

namespace {

struct MemoryBytes {
  template <typename State>
  int64_t operator()(const State& state) const {
    if constexpr (requires { state.memory_bytes(); }) return state.memory_bytes();
    else return 0;
  }
};

}  // namespace

int64_t QueryStates::memory_bytes() const { return sum_over_states(states_, MemoryBytes{}); }

std::string QueryStates::memory_text(const std::vector<std::string>& names) const {
  std::vector<std::pair<int64_t, size_t>> sizes;
  for (size_t i = 0; i < states_.size(); ++i) {
    const int64_t bytes = std::visit([](const auto& state) { return state == nullptr ? 0 : MemoryBytes{}(*state); }, states_[i]);
    if (bytes > 0) sizes.emplace_back(bytes, i);
  }
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (const auto& [bytes, slot] : sizes) {
    const std::string name = slot < names.size() && !names[slot].empty() ? names[slot] : "state #" + std::to_string(slot);
    text += (text.empty() ? "" : ", ") + name + " " + byte_size_text(bytes);
  }
  return text;
}

void QueryStates::release() {
  states_.clear();
  slots_.clear();
}

}  // namespace millrace
