#pragma once

#include "runtime/abi/calls/arrays.h"

/// Text put together by a pattern, and parts of text. Bodies in runtime/functions.
namespace millrace::abi {

extern "C" {

// format_string.cpp
/// A pattern as of Java's Formatter, then its values: %s %S %d %x %X %o %f %e %E %g %c %b %B %n %%, with positions, flags, widths and
/// precisions. NULL when the pattern is broken, has no value for a part, or one of the wrong kind.
PackedFunction mr_format_string;

// text_parts.cpp
/// What stands before the count-th delimiter, or from the end behind it when count is negative.
void mr_substring_index(const StringRef* s, const StringRef* delimiter, int64_t count, StringRef* out) noexcept;
/// Letters and digits replaced: upper-case, lower-case, digits, others. An empty replacement of the `others` leaves them as they are.
void mr_mask(PipelineContext* ctx, const StringRef* s, const StringRef* upper, const StringRef* lower, const StringRef* digit, const StringRef* other,
             StringRef* out) noexcept;
void mr_mask_letters(PipelineContext* ctx, const StringRef* s, const StringRef* upper, const StringRef* lower, const StringRef* digit, StringRef* out) noexcept;
void mr_mask_plain(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// In single quotes, those within with a backslash.
void mr_quote(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
/// A part of a URL by its name: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY, USERINFO.
bool mr_parse_url(PipelineContext* ctx, const StringRef* url, const StringRef* part, StringRef* out) noexcept;
/// QUERY only: the value of a key.
bool mr_parse_url_key(PipelineContext* ctx, const StringRef* url, const StringRef* part, const StringRef* key, StringRef* out) noexcept;

// charset.cpp
/// The bytes of a text in UTF-8, US-ASCII, ISO-8859-1, UTF-16, UTF-16BE or UTF-16LE; NULL for other names.
bool mr_encode(PipelineContext* ctx, const StringRef* s, const StringRef* charset, StringRef* out) noexcept;
bool mr_decode(PipelineContext* ctx, const StringRef* bytes, const StringRef* charset, StringRef* out) noexcept;
/// The bytes that a text in 'hex', 'base64' or 'utf-8' stands for.
bool mr_to_binary(PipelineContext* ctx, const StringRef* s, const StringRef* format, StringRef* out) noexcept;
bool mr_to_binary_hex(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;
bool mr_is_valid_utf8(const StringRef* s) noexcept;
/// NULL unless it is.
bool mr_validate_utf8(const StringRef* s, StringRef* out) noexcept;
/// U+FFFD in place of what is no character, once for each beginning of one.
bool mr_make_valid_utf8(PipelineContext* ctx, const StringRef* s, StringRef* out) noexcept;

}  // extern "C"

}  // namespace millrace::abi
