#pragma once

#include <cstdint>

#include "runtime/abi/context.h"
#include "runtime/abi/decimal.h"
#include "runtime/abi/string_ref.h"
#include "runtime/formats/json_token.h"

/// The value of a JSON token as a value of a SQL type; false when it is of another type or does not fit. A string with escapes is decoded before
/// it is looked at. The token is not Malformed.
namespace millrace {

bool json_integer(const JsonToken& token, int64_t min, int64_t max, int64_t* out);
/// Numbers, and the strings "NaN", "Infinity", "-Infinity"; not a number that no double can hold.
bool json_double(const JsonToken& token, double* out);
bool json_float(const JsonToken& token, double* out);
/// Numbers, and strings that are numbers; rounded half up, false with more digits than the precision.
bool json_decimal(const JsonToken& token, int64_t precision, int64_t scale, abi::Decimal* out);
/// A string, of the INTERVAL type of the code.
bool json_interval(const JsonToken& token, const char* code, int64_t* out);
bool json_boolean(const JsonToken& token, bool* out);
/// Days since 1970-01-01.
bool json_date(const JsonToken& token, int64_t* out);
/// An ISO text, without a zone in `zone` (nullptr: UTC), or integer seconds; microseconds since the epoch.
bool json_timestamp(const JsonToken& token, const abi::TimeZone* zone, int64_t* out);
/// A string's text; of everything else its JSON text. What has escapes is decoded into the context's scratch.
abi::StringRef json_text(abi::PipelineContext* context, const JsonToken& token);
/// A string in base64; its bytes, in scratch.
bool json_binary(abi::PipelineContext* context, const JsonToken& token, abi::StringRef* out);

}  // namespace millrace
