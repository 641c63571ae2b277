#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "tests/unit/runtime/formats/json_decoding.h"

/// Every variant of the indexer and every way of finding fields must give the same rows on any bytes. The first byte chooses whether
/// lines are checked strictly, and whether all variants take part or, which is quicker, one.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  if (size == 0) return 0;
  abi::ScanSpec spec;
  spec.strict = (data[0] & 1) != 0;
  spec.fields = {{"gt", abi::FieldType::String, 0},
                 {"Creation_Time", abi::FieldType::BigInt, 1},
                 {"x", abi::FieldType::Double, 2},
                 {"ok", abi::FieldType::Boolean, 3}};
  std::span<const JsonSweeps> variants = json_sweeps();
  const size_t chosen = data[0] >> 1 & 3;
  if (chosen > 0) variants = variants.subspan((chosen - 1) % variants.size(), 1);
  const std::string difference = testing::find_difference({reinterpret_cast<const char*>(data) + 1, size - 1}, spec, variants);
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
