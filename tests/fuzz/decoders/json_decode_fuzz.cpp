#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/runtime/formats/json_decoding.h"

namespace {

using namespace millrace;

abi::ScanSpec spec_of(std::vector<abi::FieldSpec> fields, bool strict) {
  abi::ScanSpec spec;
  spec.fields = std::move(fields);
  spec.strict = strict;
  return spec;
}

/// Bit 0: whether lines are checked strictly; bit 7: which fields are wanted, as of a real stream, or of keys that are each other's beginning.
const abi::ScanSpec& spec_by(uint8_t choice) {
  using Type = abi::FieldType;
  static const std::vector<abi::FieldSpec> long_keys = {{"gt", Type::String, 0}, {"Creation_Time", Type::BigInt, 1}, {"x", Type::Double, 2}, {"ok", Type::Boolean, 3}};
  static const std::vector<abi::FieldSpec> short_keys = {{"a", Type::BigInt, 0}, {"ab", Type::String, 1}, {"", Type::Double, 2}};
  static const abi::ScanSpec specs[] = {spec_of(long_keys, false), spec_of(long_keys, true), spec_of(short_keys, false), spec_of(short_keys, true)};
  return specs[(choice >> 7) * 2 + (choice & 1)];
}

#ifdef MILLRACE_FUZZED
constexpr bool kMayChooseAll = false;  // inputs that reach everything at once would be kept, and each of their mutations costs as much as twenty others
#else
constexpr bool kMayChooseAll = true;
#endif

bool chooses_all(uint8_t choice) { return kMayChooseAll && (choice & 0x7e) == 0; }

/// Bits 3 to 6: one way of finding fields, or all.
std::span<const testing::Finding> findings_by(uint8_t choice) {
  const std::span<const testing::Finding> all = testing::kFindings;
  return chooses_all(choice) ? all : all.subspan((choice >> 3 & 15) % all.size(), 1);
}

/// Bits 1 and 2: one variant of the indexer, or all.
std::span<const JsonSweeps> variants_by(uint8_t choice) {
  const std::span<const JsonSweeps> all = json_sweeps();
  return chooses_all(choice) ? all : all.subspan((choice >> 1 & 3) % all.size(), 1);
}

}  // namespace

/// Every variant of the indexer and every way of finding fields must give the same rows as a naive reader on any bytes. The first byte chooses among them, so
/// that an input costs little; those of the kept corpus begin with bytes that choose all when they are replayed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string difference = testing::find_difference(text, spec_by(data[0]), variants_by(data[0]), findings_by(data[0]));
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
