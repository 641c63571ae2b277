#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/output_buffer.h"
#include "runtime/abi/string_ref.h"

/// The rarer steps of writing result rows: what runtime/hot/output.h calls. Bodies in runtime/formats.
namespace millrace::abi {

extern "C" {

/// Makes room for `bytes` more bytes. Memory that cannot be had ends the process with a message.
void mr_out_grow(OutputBuffer* out, int64_t bytes) noexcept;

/// A string with characters that JSON escapes, in quotes.
void mr_out_json_escaped(OutputBuffer* out, const StringRef* value) noexcept;
/// Base64 in quotes.
void mr_out_json_binary(OutputBuffer* out, const StringRef* value) noexcept;
/// Not quoted: for a field of csv.
void mr_out_base64(OutputBuffer* out, const StringRef* value) noexcept;
/// In quotes, quotes inside doubled (RFC 4180).
void mr_out_csv_quoted(OutputBuffer* out, const StringRef* value) noexcept;
/// `[0A FF]`, as Spark shows BINARY.
void mr_out_text_binary(OutputBuffer* out, const StringRef* value) noexcept;

}  // extern "C"

}  // namespace millrace::abi
