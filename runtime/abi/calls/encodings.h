#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/string_ref.h"

/// Digests, encodings and regular expressions. Bodies in runtime/functions. BINARY is bytes in a StringRef.
namespace millrace::abi {

extern "C" {

// digest.cpp: lower-case hexadecimal text
void mr_md5(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
void mr_sha1(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// bits: 224, 256 (or 0), 384 or 512; others are NULL.
bool mr_sha2(PipelineContext* ctx, const StringRef* s, int64_t bits, StringRef* out) noexcept;
int64_t mr_crc32(const StringRef* s) noexcept;

// encoding.cpp
void mr_hex_int(PipelineContext* ctx, int64_t value, StringRef* out) noexcept;
void mr_hex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
bool mr_unhex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
void mr_bin(PipelineContext* ctx, int64_t value, StringRef* out) noexcept;
/// A number's text from one base (2 to 36) to another; a negative target base reads the value as signed.
bool mr_conv(PipelineContext* ctx, const StringRef* number, int64_t from, int64_t to, StringRef* out) noexcept;
void mr_base64(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
bool mr_unbase64(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// As in an HTML form: blanks become `+`.
void mr_url_encode(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
bool mr_url_decode(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;

// regex.cpp: RE2 syntax; a pattern that is none gives NULL
/// Whether some part of the string matches.
bool mr_regexp_like(const StringRef* s, const StringRef* pattern, bool* out) noexcept;
bool mr_regexp_replace(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, const StringRef* with,
                       StringRef* out) noexcept;
/// Leaves the first position - 1 characters as they are.
bool mr_regexp_replace_from(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, const StringRef* with,
                            int64_t position, StringRef* out) noexcept;
/// What the group of the first match holds, '' without a match; NULL when the pattern has no such group.
bool mr_regexp_extract(const StringRef* s, const StringRef* pattern, int64_t group, StringRef* out) noexcept;
bool mr_regexp_extract_first(const StringRef* s, const StringRef* pattern, StringRef* out) noexcept;
/// What the group of each match holds; an ARRAY<STRING>.
bool mr_regexp_extract_all(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, int64_t group, StringRef* out) noexcept;
bool mr_regexp_extract_all_first(PipelineContext* ctx, const StringRef* s, const StringRef* pattern, StringRef* out) noexcept;
bool mr_regexp_count(const StringRef* s, const StringRef* pattern, int64_t* out) noexcept;
/// The first match; NULL without one.
bool mr_regexp_substr(const StringRef* s, const StringRef* pattern, StringRef* out) noexcept;
/// Position of the first match, 0 without one.
bool mr_regexp_instr(const StringRef* s, const StringRef* pattern, int64_t* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
