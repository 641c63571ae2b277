#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/unit/runtime/formats/json_decoding.h"

/// Every variant of the indexer and every way of finding fields must give the same rows on any bytes. The first byte chooses whether
/// lines are checked strictly.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millrace;
  if (size == 0) return 0;
  abi::ScanSpec spec;
  spec.strict = (data[0] & 1) != 0;
  spec.fields = {{"gt", abi::FieldType::String, 0},
                 {"Creation_Time", abi::FieldType::BigInt, 1},
                 {"x", abi::FieldType::Double, 2},
                 {"ok", abi::FieldType::Boolean, 3}};
  const std::string difference =
      testing::find_difference({reinterpret_cast<const char*>(data) + 1, size - 1}, spec);
  if (difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", difference.c_str());
  std::abort();
}
