#include <catch2/catch.hpp>

#include "runtime/abi/calls/encodings.h"
#include "tests/unit/runtime/functions/call.h"

using namespace millrace;
using namespace millrace::abi;

namespace {

std::string try_map(bool (*f)(PipelineContext*, const StringRef*, StringRef*) noexcept, std::string_view s) {
  const StringRef r = ref(s);
  StringRef out;
  return f(&context(), &r, &out) ? text(out) : "NULL";
}

std::string sha2(std::string_view s, int64_t bits) {
  const StringRef r = ref(s);
  StringRef out;
  return mr_sha2(&context(), &r, bits, &out) ? text(out) : "NULL";
}

std::string replace(std::string_view s, std::string_view pattern, std::string_view with) {
  const StringRef r = ref(s);
  const StringRef p = ref(pattern);
  const StringRef w = ref(with);
  StringRef out;
  return mr_regexp_replace(&context(), &r, &p, &w, &out) ? text(out) : "NULL";
}

std::string extract(std::string_view s, std::string_view pattern, int64_t group) {
  const StringRef r = ref(s);
  const StringRef p = ref(pattern);
  StringRef out;
  return mr_regexp_extract(&r, &p, group, &out) ? text(out) : "NULL";
}

}  // namespace

TEST_CASE("digests agree with their standards' examples") {
  CHECK(map(&mr_md5, "") == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(map(&mr_md5, "message digest") == "f96b697d7cb7938d525a2f31aaf161d0");
  CHECK(map(&mr_md5, std::string(80, '0') + "x").size() == 32);
  CHECK(map(&mr_sha1, "abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(map(&mr_sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(sha2("abc", 256) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha2("", 0) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha2("abc", 224) == "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
  CHECK(sha2("abc", 384) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  CHECK(sha2("abc", 512) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(sha2("abc", 7) == "NULL");
  const StringRef digits = ref("123456789");
  CHECK(mr_crc32(&digits) == 0xCBF43926);
}

TEST_CASE("encodings are undone by their inverses") {
  for (std::string_view s : {"", "a", "ab", "abc", "Spark SQL é", "\x01\xff"}) {
    CHECK(try_map(&mr_unbase64, map(&mr_base64, s)) == s);
    CHECK(try_map(&mr_unhex, map(&mr_hex, s)) == s);
    CHECK(try_map(&mr_url_decode, map(&mr_url_encode, s)) == s);
  }
  CHECK(map(&mr_base64, "Spark SQL") == "U3BhcmsgU1FM");
  CHECK(try_map(&mr_unhex, "F") == "\x0f");
  CHECK(try_map(&mr_unhex, "GG") == "NULL");
  CHECK(try_map(&mr_unbase64, "a") == "NULL");
  CHECK(try_map(&mr_url_decode, "%4") == "NULL");
  const StringRef hundred = ref("-10");
  StringRef out;
  REQUIRE(mr_conv(&context(), &hundred, 16, -10, &out));
  CHECK(text(out) == "-16");
  mr_hex_int(&context(), -1, &out);
  CHECK(text(out) == "FFFFFFFFFFFFFFFF");
}

TEST_CASE("regular expressions replace with groups as in Java") {
  CHECK(replace("100-200", "(\\d+)-(\\d+)", "$2/$1") == "200/100");
  CHECK(replace("aaa", "a*", "x") == "xx");
  CHECK(replace("abc", "", "-") == "-a-b-c-");
  CHECK(replace("aé", "", "-") == "-a-é-");
  CHECK(replace("a.b", "\\.", "\\$") == "a$b");
  CHECK(replace("abc", "b", "$1") == "NULL");
  CHECK(replace("abc", "(", "x") == "NULL");
  CHECK(extract("100-200", "(\\d+)-(\\d+)", 2) == "200");
  CHECK(extract("100-200", "(\\d+)-(\\d+)", 0) == "100-200");
  CHECK(extract("none", "(\\d+)", 1).empty());
  CHECK(extract("b", "(a)?b", 1).empty());
  CHECK(extract("100", "(\\d+)", 2) == "NULL");
  const StringRef s = ref("Spark");
  const StringRef inside = ref("ar");
  const StringRef anchored = ref("^ar");
  bool found = false;
  CHECK((mr_regexp_like(&s, &inside, &found) && found));
  CHECK((mr_regexp_like(&s, &anchored, &found) && !found));
}
