#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

#include "runtime/abi/calls/csv_text.h"
#include "runtime/abi/calls/json.h"
#include "runtime/abi/calls/nested.h"
#include "runtime/abi/calls/state.h"
#include "runtime/abi/type_code.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/functions/elements.h"
#include "runtime/hot/output.h"

/// ARRAY and MAP values as text. They cannot be deeper than their type, which the compiler bounds, so that recursion is safe.
namespace millrace::abi {
namespace {

void put(OutputBuffer* out, const char* text) { mr_out_bytes(out, text, static_cast<int64_t>(std::strlen(text))); }

void put_decimal(OutputBuffer* out, const StringRef& bytes, const char* code) {
  Decimal value;
  std::memcpy(&value, bytes.data, sizeof value);
  mr_out_text_decimal(out, &value, scale_of(code));
}

void put_interval(OutputBuffer* out, int64_t value, const char* code) {
  if (type_of(code) == TypeCode::IntervalYearMonth) mr_out_text_months(out, value, first_field_of(code), last_field_of(code));
  else mr_out_text_micros(out, value, first_field_of(code), last_field_of(code));
}

/// What the notations share: where arrays and maps begin, go on and end. A `Notation` says what stands between elements (kBetween) and
/// behind a key (kArrow), and writes an element, a map's key and a structure.
template <class Notation>
struct NestedWriter {
  PipelineContext* ctx;
  OutputBuffer* out;

  void run(const char* run, const char* code) {
    switch (type_of(code)) {
      case TypeCode::Array: return array(run, element_code(code));
      case TypeCode::Map: return map(run, code);
      default: return notation().structure(run, code);
    }
  }

 private:
  Notation& notation() { return static_cast<Notation&>(*this); }

  void array(const char* run, const char* element_type) {
    const auto count = static_cast<int64_t>(nested_count(run));
    put(out, "[");
    for (int64_t i = 0; i < count; ++i) {
      if (i > 0) put(out, Notation::kBetween);
      notation().element(run, i, element_type);
    }
    put(out, "]");
  }

  void map(const char* run, const char* code) {
    const char* keys = map_keys(run);
    const char* values = map_values(run);
    const auto count = static_cast<int64_t>(nested_count(keys));
    put(out, "{");
    for (int64_t i = 0; i < count; ++i) {
      if (i > 0) put(out, Notation::kBetween);
      notation().key(keys, i, element_code(code));
      put(out, Notation::kArrow);
      notation().element(values, i, map_value_code(code));
    }
    put(out, "}");
  }
};

/// Writes values in Spark's text form.
struct TextWriter : NestedWriter<TextWriter> {
  static constexpr const char* kBetween = ", ";
  static constexpr const char* kArrow = " -> ";

  void element(const char* run, int64_t i, const char* code) {
    if (nested_is_null(run, i)) return put(out, "NULL");
    const StringRef bytes = nested_bytes(run, i);
    switch (type_of(code)) {
      case TypeCode::Array:
      case TypeCode::Map:
      case TypeCode::Struct: return this->run(bytes.data, code);
      case TypeCode::Null: return put(out, "NULL");
      case TypeCode::Boolean: return mr_out_text_bool(out, nested_int(run, i) != 0);
      case TypeCode::Float: return mr_out_text_float(out, nested_double(run, i));
      case TypeCode::Double: return mr_out_text_double(out, nested_double(run, i));
      case TypeCode::Decimal: return put_decimal(out, bytes, code);
      case TypeCode::IntervalYearMonth:
      case TypeCode::IntervalDayTime: return put_interval(out, nested_int(run, i), code);
      case TypeCode::String: return mr_out_text_string(out, &bytes);
      case TypeCode::Binary: return mr_out_text_binary(out, &bytes);
      case TypeCode::Date: return mr_out_text_date(out, nested_int(run, i));
      case TypeCode::Timestamp: return mr_out_text_timestamp(ctx, out, nested_int(run, i));
      default: return mr_out_text_int(out, nested_int(run, i));
    }
  }

  void key(const char* keys, int64_t i, const char* code) { element(keys, i, code); }

  void structure(const char* run, const char* code) {
    const char* field = first_field(code);
    const uint32_t count = struct_field_count(code);
    put(out, "{");
    for (uint32_t i = 0; i < count; ++i, field = next_field(field)) {
      if (i > 0) put(out, kBetween);
      element(run, i, field_code(field));
    }
    put(out, "}");
  }
};

/// Writes values as JSON.
struct JsonWriter : NestedWriter<JsonWriter> {
  static constexpr const char* kBetween = ",";
  static constexpr const char* kArrow = ":";

  bool leaves_out_nulls = false;  ///< of the fields of a STRUCT

  void element(const char* run, int64_t i, const char* code) {
    if (nested_is_null(run, i)) return mr_out_json_null(out);
    const StringRef bytes = nested_bytes(run, i);
    switch (type_of(code)) {
      case TypeCode::Array:
      case TypeCode::Map:
      case TypeCode::Struct: return this->run(bytes.data, code);
      case TypeCode::Null: return mr_out_json_null(out);
      case TypeCode::Boolean: return mr_out_json_bool(out, nested_int(run, i) != 0);
      case TypeCode::Float: return mr_out_json_float(out, nested_double(run, i));
      case TypeCode::Double: return mr_out_json_double(out, nested_double(run, i));
      case TypeCode::Decimal: return put_decimal(out, bytes, code);
      case TypeCode::IntervalYearMonth:
      case TypeCode::IntervalDayTime:
        put(out, "\"");
        put_interval(out, nested_int(run, i), code);
        return put(out, "\"");
      case TypeCode::String: return mr_out_json_string(out, &bytes);
      case TypeCode::Binary: return mr_out_json_binary(out, &bytes);
      case TypeCode::Date: return mr_out_json_date(out, nested_int(run, i));
      case TypeCode::Timestamp: return mr_out_json_timestamp(ctx, out, nested_int(run, i));
      default: return mr_out_json_int(out, nested_int(run, i));
    }
  }

  /// JSON's keys are strings: any other key gives its text.
  void key(const char* keys, int64_t i, const char* code) {
    if (type_of(code) == TypeCode::String) return element(keys, i, code);
    OutputBuffer text = make_output_buffer(-1);
    TextWriter{{ctx, &text}}.element(keys, i, code);
    const StringRef bytes{text.data, text.size};
    mr_out_json_string(out, &bytes);
    free_output_buffer(&text);
  }

  void structure(const char* run, const char* code) {
    const char* field = first_field(code);
    const uint32_t count = struct_field_count(code);
    const char* separator = "{";
    for (uint32_t i = 0; i < count; ++i, field = next_field(field)) {
      if (leaves_out_nulls && nested_is_null(run, i)) continue;
      put(out, separator);
      separator = kBetween;
      const StringRef name = field_name(field);
      mr_out_json_string(out, &name);
      put(out, kArrow);
      element(run, i, field_code(field));
    }
    put(out, *separator == '{' ? "{}" : "}");
  }
};

/// In quotes as Spark writes them, with backslashes.
void put_quoted(OutputBuffer* out, std::string_view text) {
  put(out, "\"");
  for (const char& c : text) {
    if (c == '"' || c == '\\') put(out, "\\");
    mr_out_bytes(out, &c, 1);
  }
  put(out, "\"");
}

/// Field `i` of a STRUCT as a field of csv, without the blanks around it.
void put_csv_field(PipelineContext* ctx, OutputBuffer* out, const char* run, int64_t i, const char* code, char separator) {
  if (nested_is_null(run, i)) return;
  if (type_of(code) == TypeCode::Binary) {
    const StringRef bytes = nested_bytes(run, i);
    return mr_out_csv_binary(out, &bytes);
  }
  const int64_t begin = out->size;
  TextWriter{{ctx, out}}.element(run, i, code);
  const std::string_view written(out->data + begin, static_cast<size_t>(out->size - begin));
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  const bool plain = !written.empty() && !is_blank(written.front()) && !is_blank(written.back()) &&
                     std::none_of(written.begin(), written.end(), [&](char c) { return c == separator || c == '"' || c == '\r' || c == '\n'; });
  if (plain) return;
  // Once more, as it has to be: rare.
  const auto first = std::find_if_not(written.begin(), written.end(), is_blank);
  const auto last = std::find_if_not(written.rbegin(), std::make_reverse_iterator(first), is_blank).base();
  const std::string text(first, last);
  out->size = begin;
  if (text.empty() || text.find_first_of(std::string({separator, '"', '\r', '\n'})) != std::string::npos) put_quoted(out, text);
  else mr_out_bytes(out, text.data(), static_cast<int64_t>(text.size()));
}

/// Moves a text to scratch and frees its buffer; false when it is longer than a value may be.
bool keep_text(PipelineContext* ctx, OutputBuffer* text, StringRef* out) {
  const bool fits = text->size <= kNestedMax;
  if (fits) {
    char* bytes = mr_scratch(ctx, text->size);
    std::memcpy(bytes, text->data, static_cast<size_t>(text->size));
    *out = {bytes, text->size};
  }
  free_output_buffer(text);
  return fits;
}

}  // namespace

extern "C" {

bool mr_nested_to_string(PipelineContext* ctx, const StringRef* value, const char* code, StringRef* out) noexcept {
  OutputBuffer text = make_output_buffer(-1);
  TextWriter{{ctx, &text}}.run(value->data, code);
  return keep_text(ctx, &text, out);
}

void mr_out_text_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept {
  TextWriter{{ctx, out}}.run(value->data, code);
}

void mr_out_json_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept {
  JsonWriter{{ctx, out}}.run(value->data, code);
}

void mr_out_csv_nested(PipelineContext* ctx, OutputBuffer* out, const StringRef* value, const char* code) noexcept {
  OutputBuffer text = make_output_buffer(-1);
  JsonWriter{{ctx, &text}}.run(value->data, code);
  const StringRef bytes{text.data, text.size};
  mr_out_csv_string(out, &bytes);
  free_output_buffer(&text);
}

bool mr_to_csv(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t count, NestedItem* out) noexcept {
  const PackedCall call(ctx, codes, arguments, count);
  if (call.any_null() || call.text(1).size != 1) return false;
  const char separator = *call.text(1).data;
  OutputBuffer text = make_output_buffer(-1);
  const char* field = first_field(codes);
  for (uint32_t i = 0; i < struct_field_count(codes); ++i, field = next_field(field)) {
    if (i > 0) mr_out_bytes(&text, &separator, 1);
    put_csv_field(ctx, &text, arguments[0].data, i, field_code(field), separator);
  }
  StringRef kept;
  if (!keep_text(ctx, &text, &kept)) return false;
  *out = {NestedItem::Kind::Bytes, kept.size, kept.data};
  return true;
}

bool mr_to_json(PipelineContext* ctx, const char* codes, const NestedItem* arguments, int64_t, NestedItem* out) noexcept {
  if (arguments[0].kind == NestedItem::Kind::Null) return false;
  OutputBuffer text = make_output_buffer(-1);
  JsonWriter{{ctx, &text}, true}.run(arguments[0].data, codes);
  StringRef kept;
  if (!keep_text(ctx, &text, &kept)) return false;
  *out = {NestedItem::Kind::Bytes, kept.size, kept.data};
  return true;
}

}  // extern "C"

}  // namespace millrace::abi
