#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "runtime/checkpoint/snapshot_file.h"
#include "tests/support/state_samples.h"

/// The first byte says what the rest is: a file, whose checksums keep almost everything out, or the bytes of one kind of state, as if the checksums had
/// let them through. Restoring must either fail or give a state that can be written and read again.
namespace {

using namespace millrace;

/// `make` gives an empty state; the second one is made only if the first takes the bytes, which few do.
template <class Make>
void check(std::string_view bytes, Make make) {
  const auto state = make();
  SnapshotReader reader = samples::reader_of(bytes);
  state->restore(reader);
  if (!reader.ok()) return;
  const std::string written = samples::snapshot_of(*state);
  const auto again = make();
  SnapshotReader second = samples::reader_of(written);
  again->restore(second);
  if (!second.ok() || samples::snapshot_of(*again).size() != written.size()) std::abort();  // places in memory differ
}

void check_aggregate(abi::TimeKind time, std::string_view bytes) {
  static const abi::CompiledCode code(0);
  check(bytes, [time] { return std::make_unique<AggregateState>(samples::aggregate_spec(time), &code); });
}

void check_join(std::string_view bytes) {
  check(bytes, [] { return std::make_unique<StreamJoinTable>(samples::join_spec()); });
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
    default: check_join(bytes); return 0;
  }
}
