#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/checkpoint/snapshot_file.h"
#include "tests/support/state_samples.h"

/// The first byte says what the rest is: a file, whose checksums keep almost everything out, or the bytes of one kind of state, as if the checksums had
/// let them through. Restoring must either fail or give a state that can be written and read again.
namespace {

using namespace millrace;

template <class State>
void check(State& state, State& again, std::string_view bytes) {
  SnapshotReader reader = samples::reader_of(bytes);
  state.restore(reader);
  if (!reader.ok()) return;
  const std::string written = samples::snapshot_of(state);
  SnapshotReader second = samples::reader_of(written);
  again.restore(second);
  if (!second.ok()) std::abort();
}

void check_aggregate(abi::TimeKind time, std::string_view bytes) {
  static const abi::CompiledCode code(0);
  const abi::AggregateSpec spec = samples::aggregate_spec(time);
  AggregateState state(spec, &code), again(spec, &code);
  check(state, again, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: {
      auto file = SnapshotFile::of_bytes(bytes, "input");
      if (!file) return 0;
      SnapshotReader reader = (*file)->reader();
      while (reader.bytes_left() > 0) (void)reader.get<uint8_t>();
      return 0;
    }
    case 1: check_aggregate(abi::TimeKind::None, bytes); return 0;
    case 2: check_aggregate(abi::TimeKind::Window, bytes); return 0;
    default: {
      StreamJoinTable table(samples::join_spec()), again(samples::join_spec());
      check(table, again, bytes);
      return 0;
    }
  }
}
