#include "compiler/pipeline/share_scans.h"

#include <algorithm>
#include <map>
#include <optional>

#include "runtime/abi/json_scan.h"

namespace millrace::pipeline {
namespace {

/// A number that so many pipelines look at in most rows is read once for all of them.
constexpr int32_t kReadersToParse = 2;

bool is_number(abi::FieldType type) {
  using Type = abi::FieldType;
  return type == Type::TinyInt || type == Type::SmallInt || type == Type::Int || type == Type::BigInt || type == Type::Double;
}

/// The scans of one source that go together.
struct Together {
  std::vector<ScanState*> scans;
  std::vector<abi::FieldSpec> fields;
  std::vector<int32_t> readers;  ///< of each field: pipelines that look at it in most rows

  /// Where the fields of a scan would be among the fields; empty when they do not fit in.
  std::optional<std::vector<uint32_t>> places_of(const abi::ScanSpec& scan) const {
    std::vector<uint32_t> places;
    size_t count = fields.size();
    for (const abi::FieldSpec& field : scan.fields) {
      const auto known = std::find_if(fields.begin(), fields.end(), [&](const abi::FieldSpec& f) { return f.name == field.name; });
      if (known != fields.end() && known->type != field.type) return std::nullopt;
      places.push_back(static_cast<uint32_t>(known != fields.end() ? static_cast<size_t>(known - fields.begin()) : count++));
    }
    if (count > abi::kKnownFieldsMax) return std::nullopt;
    return places;
  }

  void add(ScanState& state) {
    const std::optional<std::vector<uint32_t>> places = places_of(state.scan);
    if (!places) return;
    for (size_t i = 0; i < places->size(); ++i) {
      const uint32_t place = (*places)[i];
      if (place == fields.size()) {
        fields.push_back(state.scan.fields[i]);
        fields.back().late = false;
        readers.push_back(0);
      }
      readers[place] += !state.scan.fields[i].late;
    }
    state.shared = SharedScan{0, {}, *places, 0};
    scans.push_back(&state);
  }
};

bool can_be_shared(const abi::ScanSpec& scan) { return scan.format == abi::Format::Json && !scan.strict && !scan.fields.empty(); }

}  // namespace

std::vector<abi::ScanSpec> share_scans(const std::vector<QuerySources>& job) {
  std::map<int32_t, Together> by_source;
  for (const QuerySources& of_query : job) {
    for (const Pipeline& p : of_query.query->pipelines) {
      const auto* source = std::get_if<ScanSource>(&p.source);
      if (source == nullptr || p.phase != abi::Phase::Stream) continue;
      auto& state = std::get<ScanState>(of_query.query->states[static_cast<size_t>(source->slot)]);
      const int32_t number = of_query.sources[static_cast<size_t>(source->source)];
      if (number >= 0 && can_be_shared(state.scan)) by_source[number].add(state);
    }
  }
  std::vector<abi::ScanSpec> shared;
  for (auto& [source, together] : by_source) {
    if (together.scans.size() < 2) {
      for (ScanState* state : together.scans) state->shared.reset();
      continue;
    }
    abi::ScanSpec all = together.scans.front()->scan;
    all.fields = together.fields;
    for (size_t f = 0; f < all.fields.size(); ++f) all.fields[f].parsed = together.readers[f] >= kReadersToParse && is_number(all.fields[f].type);
    for (ScanState* state : together.scans) {
      state->shared->number = static_cast<int32_t>(shared.size());
      state->shared->scan = all;
      state->shared->pipelines = static_cast<int32_t>(together.scans.size());
    }
    shared.push_back(std::move(all));
  }
  return shared;
}

}  // namespace millrace::pipeline
