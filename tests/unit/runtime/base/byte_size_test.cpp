#include "runtime/base/byte_size.h"

#include <catch2/catch.hpp>

using namespace millrace;

TEST_CASE("sizes are read with decimal and binary units", "[byte_size]") {
  CHECK(parse_byte_size("512") == 512);
  CHECK(parse_byte_size("512 bytes") == 512);
  CHECK(parse_byte_size("512MB") == 512'000'000);
  CHECK(parse_byte_size("512 mb") == 512'000'000);
  CHECK(parse_byte_size("1.5GiB") == 1'610'612'736);
  CHECK(parse_byte_size("64k") == 65'536);
  CHECK(parse_byte_size("2TB") == 2'000'000'000'000);
}

TEST_CASE("what is no size is refused", "[byte_size]") {
  for (const char* text : {"", "MB", "-1MB", "1.2.3MB", "5 apples", "5kBx", "1e3", "9999999999TB", " 5MB"}) {
    INFO(text);
    CHECK_FALSE(parse_byte_size(text));
  }
}

TEST_CASE("sizes are told in the unit that suits them", "[byte_size]") {
  CHECK(byte_size_text(0) == "0 bytes");
  CHECK(byte_size_text(999) == "999 bytes");
  CHECK(byte_size_text(10'000) == "10 kB");
  CHECK(byte_size_text(1'500'000) == "1.5 MB");
  CHECK(byte_size_text(999'960) == "1 MB");
  CHECK(byte_size_text(512'000'000) == "512 MB");
}
