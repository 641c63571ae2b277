#include "runtime/engine/query_states.h"

#include "runtime/formats/csv_locate.h"
#include "runtime/formats/json_locate.h"

namespace millrace {

/// What a pipeline has learned about its source; text needs nothing.
struct QueryStates::ScanState {
  explicit ScanState(const abi::ScanSpec& spec) {
    if (spec.format == abi::Format::Json) json = json_scan_create(spec);
    if (spec.format == abi::Format::Csv) csv = csv_scan_create(spec);
  }
  ~ScanState() {
    if (json != nullptr) json_scan_destroy(json);
    if (csv != nullptr) csv_scan_destroy(csv);
  }
  ScanState(const ScanState&) = delete;
  ScanState& operator=(const ScanState&) = delete;

  void* slot() const { return json != nullptr ? static_cast<void*>(json) : static_cast<void*>(csv); }

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
  void* operator()(const std::unique_ptr<JoinTable>& table) const { return static_cast<abi::JoinTable*>(table.get()); }
  void* operator()(const std::unique_ptr<abi::TupleBuffer>& buffer) const { return buffer.get(); }
  void* operator()(const std::unique_ptr<ScanState>& scan) const { return scan->slot(); }
};

QueryStates::QueryStates(const abi::QuerySpec& query) {
  struct Make {
    const abi::CompiledCode* code;
    Owned operator()(const abi::AggregateSpec& spec) const { return std::make_unique<AggregateState>(spec, code); }
    Owned operator()(const abi::JoinSpec& spec) const { return std::make_unique<JoinTable>(spec); }
    Owned operator()(const abi::TupleBufferSpec& spec) const { return std::make_unique<abi::TupleBuffer>(spec); }
    Owned operator()(const abi::ScanStateSpec& spec) const { return std::make_unique<ScanState>(spec.scan); }
  };
  for (const abi::StateSpec& spec : query.states) {
    states_.push_back(std::visit(Make{query.code.get()}, spec));
    slots_.push_back(std::visit(Slot{}, states_.back()));
  }
}

QueryStates::QueryStates(const abi::QuerySpec& query, const abi::QuerySharing& sharing, const QueryStates& whole, int32_t number) {
  for (size_t i = 0; i < query.states.size(); ++i) {
    if (sharing.states[i].adopt_entry >= 0) {
      const auto& aggregate = std::get<abi::AggregateSpec>(query.states[i]);
      states_.push_back(std::make_unique<AggregateState>(aggregate, query.code.get(), number, sharing.states[i]));
    } else if (const auto* scan = std::get_if<abi::ScanStateSpec>(&query.states[i])) {
      states_.push_back(std::make_unique<ScanState>(scan->scan));
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

void QueryStates::clear(int32_t slot) { std::visit(ClearState{}, states_[static_cast<size_t>(slot)]); }

void QueryStates::finish(int32_t slot) { std::visit(FinishState{}, states_[static_cast<size_t>(slot)]); }

int64_t QueryStates::group_count() const {
  int64_t groups = 0;
  for (const Owned& state : states_) {
    if (auto* aggregate = std::get_if<std::unique_ptr<AggregateState>>(&state)) groups += (*aggregate)->group_count();
  }
  return groups;
}

int64_t QueryStates::shown_count() const {
  int64_t groups = 0;
  for (const Owned& state : states_) {
    if (auto* aggregate = std::get_if<std::unique_ptr<AggregateState>>(&state)) groups += (*aggregate)->shown_count();
  }
  return groups;
}

int64_t QueryStates::memory_bytes() const {
  int64_t bytes = 0;
  for (const Owned& state : states_) {
    if (auto* aggregate = std::get_if<std::unique_ptr<AggregateState>>(&state)) bytes += (*aggregate)->memory_bytes();
  }
  return bytes;
}

}  // namespace millrace
