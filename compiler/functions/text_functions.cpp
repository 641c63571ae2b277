#include "compiler/functions/registry_row.h"
#include "compiler/functions/scalar_registry.h"
#include "runtime/abi/calls/encodings.h"
#include "runtime/hot/like.h"

namespace millrace {

using namespace abi;

namespace {

using Rows = std::vector<ScalarFunction>;

void add_patterns(Rows& rows) {
  for (const char* name : {"regexp_like", "rlike", "regexp"}) {
    rows.push_back(scalar<&mr_regexp_like>(name, "regexp_like('Spark', 'p.r') -> true"));
  }
  rows.push_back(scalar<&mr_regexp_replace>("regexp_replace", "regexp_replace('100-200', '([0-9]+)-', '<$1>') -> <100>200"));
  rows.push_back(scalar<&mr_regexp_replace_from>("regexp_replace", "regexp_replace('1a1', '1', 'x', 2) -> 1ax"));
  rows.push_back(scalar<&mr_regexp_extract_first>("regexp_extract", "regexp_extract('100-200', '([0-9]+)-([0-9]+)') -> 100"));
  rows.push_back(scalar<&mr_regexp_extract>("regexp_extract", "regexp_extract('100-200', '([0-9]+)-([0-9]+)', 2) -> 200"));
  rows.push_back(scalar<&mr_regexp_count>("regexp_count", "regexp_count('banana', 'an') -> 2"));
  rows.push_back(scalar<&mr_regexp_substr>("regexp_substr", "regexp_substr('banana', 'n.') -> na"));
  rows.push_back(scalar<&mr_regexp_instr>("regexp_instr", "regexp_instr('banana', 'n.') -> 3"));
  // LIKE with a pattern that is not constant; bound by the analyzer only.
  rows.push_back(scalar<&mr_like_any_pattern>("__like", ""));
  rows.push_back(scalar<&mr_ilike_any_pattern>("__ilike", ""));
}

void add_digests(Rows& rows) {
  rows.push_back(scalar<&mr_md5>("md5", "md5('Spark') -> 8cde774d6f7333752ed72cacddb05126"));
  for (const char* name : {"sha1", "sha"}) {
    rows.push_back(scalar<&mr_sha1>(name, "sha1('Spark') -> 85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"));
  }
  rows.push_back(
      scalar<&mr_sha2>("sha2", "sha2('Spark', 256) -> 529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"));
  rows.push_back(scalar<&mr_crc32>("crc32", "crc32('Spark') -> 1557323817"));
}

void add_encodings(Rows& rows) {
  rows.push_back(scalar<&mr_hex_int>("hex", "hex(255) -> FF"));
  rows.push_back(scalar<&mr_hex>("hex", "hex('Spark') -> 537061726B"));
  rows.push_back(scalar<&mr_hex>("hex", "hex(x'0aFF') -> 0AFF").takes(0, TypeKind::Binary));
  rows.push_back(scalar<&mr_unhex>("unhex", "CAST(unhex('537061726B') AS STRING) -> Spark").returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_bin>("bin", "bin(13) -> 1101"));
  rows.push_back(scalar<&mr_conv>("conv", "conv('100', 2, 10) -> 4"));
  rows.push_back(scalar<&mr_base64>("base64", "base64('Spark SQL') -> U3BhcmsgU1FM"));
  rows.push_back(scalar<&mr_unbase64>("unbase64", "CAST(unbase64('U3BhcmsgU1FM') AS STRING) -> Spark SQL").returns(TypeKind::Binary));
  rows.push_back(scalar<&mr_url_encode>("url_encode", "url_encode('a b&c') -> a+b%26c"));
  rows.push_back(scalar<&mr_url_decode>("url_decode", "url_decode('a+b%26c') -> a b&c"));
}

}  // namespace

void add_text_functions(std::vector<ScalarFunction>& rows) {
  add_patterns(rows);
  add_digests(rows);
  add_encodings(rows);
}

}  // namespace millrace
