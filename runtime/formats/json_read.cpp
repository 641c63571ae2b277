#include <string>

#include "runtime/abi/calls/json.h"
#include "runtime/abi/calls/scan.h"
#include "runtime/abi/calls/state.h"
#include "runtime/formats/base64.h"
#include "runtime/formats/json_nested.h"
#include "runtime/formats/json_scalar.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/usual_timestamp.h"

/// The reading functions that accept every spelling.
namespace millrace::abi {
namespace {

JsonToken read_token(const char* p, const char* end) {
  return p == nullptr ? JsonToken{JsonKind::Null, false, {}} : read_json_field(p, end);
}

/// The status of a token whose value `convert` takes.
template <class Convert>
int32_t status_of(const JsonToken& token, Convert convert) {
  if (token.kind == JsonKind::Malformed) return kReadError;
  return token.kind != JsonKind::Null && convert(token) ? kReadValue : kReadNull;
}

}  // namespace

extern "C" {

int32_t mr_json_read_int_slow(const char* p, const char* end, int64_t min, int64_t max, int64_t* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_integer(token, min, max, out); });
}

int32_t mr_json_read_double_slow(const char* p, const char* end, double* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_double(token, out); });
}

int32_t mr_json_read_bool_slow(const char* p, const char* end, bool* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_boolean(token, out); });
}

int32_t mr_json_read_string_slow(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) {
    *out = json_text(ctx, token);
    return true;
  });
}

int32_t mr_json_check_string_slow(const char* p, const char* end) noexcept {
  return status_of(read_token(p, end), [](const JsonToken&) { return true; });
}

int32_t mr_json_read_date(const char* p, const char* end, int64_t* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_date(token, out); });
}

int32_t mr_json_check_date(const char* p, const char* end) noexcept {
  int64_t ignored;
  return mr_json_read_date(p, end, &ignored);
}

int32_t mr_json_read_timestamp(PipelineContext* ctx, const char* p, const char* end, int64_t* out) noexcept {
  if (p != nullptr) {
    const char* quote = p + (*p == ' ');
    int64_t local_us = 0;
    const char* close = *quote == '"' ? read_usual_timestamp(quote + 1, &local_us) : nullptr;
    if (close != nullptr && (close[1] == ',' || close[1] == '}')) {
      *out = utc_from_local(ctx->time_zone, local_us);
      return kReadValue;
    }
  }
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_timestamp(token, ctx->time_zone, out); });
}

int32_t mr_json_check_timestamp(const char* p, const char* end) noexcept {
  int64_t ignored;
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_timestamp(token, nullptr, &ignored); });
}

int32_t mr_json_read_binary(PipelineContext* ctx, const char* p, const char* end, StringRef* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_binary(ctx, token, out); });
}

int32_t mr_json_check_binary(const char* p, const char* end) noexcept {
  return status_of(read_token(p, end), [](const JsonToken& token) {
    if (token.kind != JsonKind::String) return false;
    std::string text(token.text);
    if (token.escaped) text.resize(static_cast<size_t>(decode_json_string(token.text, text.data()) - text.data()));
    std::string bytes(text.size(), '\0');
    return decode_base64(text, bytes.data()) >= 0;
  });
}

int32_t mr_json_read_decimal(const char* p, const char* end, int64_t precision, int64_t scale, Decimal* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_decimal(token, precision, scale, out); });
}

int32_t mr_json_read_interval(const char* p, const char* end, const char* code, int64_t* out) noexcept {
  return status_of(read_token(p, end), [&](const JsonToken& token) { return json_interval(token, code, out); });
}

int32_t mr_json_read_nested(PipelineContext* ctx, const char* p, const char* end, const char* code, StringRef* out) noexcept {
  if (p == nullptr) return kReadNull;
  const char* rest = p;
  const JsonOutcome outcome = read_json_nested(ctx, p, end, code, &rest, out);
  if (outcome == JsonOutcome::Malformed) return kReadError;
  rest = skip_json_blanks(rest, end);
  if (rest == end || (*rest != ',' && *rest != '}')) return kReadError;
  return outcome == JsonOutcome::Value ? kReadValue : kReadNull;
}

}  // extern "C"

}  // namespace millrace::abi
