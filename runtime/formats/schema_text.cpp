#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/abi/calls/csv_text.h"
#include "runtime/abi/calls/state.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/readable_copy.h"
#include "runtime/formats/schema_inference.h"
#include "runtime/formats/utf8_check.h"

namespace millrace {
namespace {

/// What JSON values have in common.
struct JsonType {
  enum class Kind : uint8_t { Null, Boolean, BigInt, Decimal, Double, String, Array, Struct };

  Kind kind = Kind::Null;
  int digits = 0;                          ///< of a Decimal, an integer beyond BIGINT
  std::map<std::string, JsonType> fields;  ///< of a Struct; of an Array its elements, under an empty name

  bool is_number() const { return kind == Kind::BigInt || kind == Kind::Decimal || kind == Kind::Double; }
};

using Kind = JsonType::Kind;

void widen(JsonType* type, const JsonType& other) {
  if (other.kind == Kind::Null) return;
  if (type->kind == Kind::Null) {
    *type = other;
  } else if (type->kind == other.kind) {
    type->digits = std::max(type->digits, other.digits);
    for (const auto& [name, field] : other.fields) widen(&type->fields[name], field);
  } else if (type->is_number() && other.is_number()) {
    constexpr int kDigitsOfBigInt = 20;
    type->digits = std::max({type->digits, other.digits, kDigitsOfBigInt});
    type->kind = std::max(type->kind, other.kind);
  } else {
    *type = {Kind::String, 0, {}};
  }
}

JsonType integer_type(std::string_view digits) {
  constexpr int kDigitsMax = 38;
  int64_t ignored;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), ignored).ec == std::errc{}) return {Kind::BigInt, 0, {}};
  const int count = static_cast<int>(std::min<size_t>(digits.size() - (digits[0] == '-'), kDigitsMax + 1));
  if (count > kDigitsMax) return {Kind::Double, 0, {}};
  return {Kind::Decimal, count, {}};
}

JsonType type_of_value(const JsonToken& token);

/// Of an object or array that is well-formed.
JsonType type_of_nested(std::string_view text) {
  const bool object = text[0] == '{';
  JsonType type{object ? Kind::Struct : Kind::Array, 0, {}};
  if (!object) type.fields[""];
  const char* end = text.data() + text.size() - 1;
  const char* p = skip_json_blanks(text.data() + 1, end);
  while (p < end) {
    std::string name;
    if (object) {
      const JsonToken key = scan_json_value(p, end, &p);
      name = std::string(key.text);
      if (key.escaped) name.resize(static_cast<size_t>(decode_json_string(key.text, name.data()) - name.data()));
      p = skip_json_blanks(p, end) + 1;  // the colon
    }
    const JsonToken value = scan_json_value(p, end, &p);
    widen(&type.fields[name], type_of_value(value));
    p = skip_json_blanks(p, end);
    if (p < end) p = skip_json_blanks(p + 1, end);  // the comma
  }
  return type;
}

JsonType type_of_value(const JsonToken& token) {
  switch (token.kind) {
    case JsonKind::Null: return {};
    case JsonKind::True:
    case JsonKind::False: return {Kind::Boolean, 0, {}};
    case JsonKind::Integer: return integer_type(token.text);
    case JsonKind::Decimal: return {Kind::Double, 0, {}};
    case JsonKind::Nested: return type_of_nested(token.text);
    default: return {Kind::String, 0, {}};
  }
}

/// A name as it stands in a list of fields.
std::string quoted(const std::string& name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  const bool digits = std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits && std::all_of(name.begin(), name.end(), is_plain)) return name;
  std::string text = "`";
  for (const char c : name) text.append(c == '`' ? 2 : 1, c);
  return text + "`";
}

std::optional<std::string> name_of(const JsonType& type);

std::string struct_name(const JsonType& type) {
  std::string text = "STRUCT<";
  for (const auto& [name, field] : type.fields) {
    const std::optional<std::string> of_field = name.empty() ? std::nullopt : name_of(field);
    if (of_field) text += (text.back() == '<' ? "" : ", ") + quoted(name) + ": " + *of_field;
  }
  return text + ">";
}

/// nullopt for an object without fields, which a schema leaves out.
std::optional<std::string> name_of(const JsonType& type) {
  switch (type.kind) {
    case Kind::Boolean: return "BOOLEAN";
    case Kind::BigInt: return "BIGINT";
    case Kind::Decimal: return "DECIMAL(" + std::to_string(type.digits) + ",0)";
    case Kind::Double: return "DOUBLE";
    case Kind::Array: {
      const std::optional<std::string> element = name_of(type.fields.at(""));
      return element ? std::optional("ARRAY<" + *element + ">") : std::nullopt;
    }
    case Kind::Struct: {
      std::string text = struct_name(type);
      return text == "STRUCT<>" ? std::nullopt : std::optional(std::move(text));
    }
    default: return "STRING";
  }
}

const char* csv_type_name(abi::FieldType type) {
  switch (type) {
    case abi::FieldType::Int: return "INT";
    case abi::FieldType::BigInt: return "BIGINT";
    case abi::FieldType::Double: return "DOUBLE";
    case abi::FieldType::Timestamp: return "TIMESTAMP";
    case abi::FieldType::Boolean: return "BOOLEAN";
    default: return "STRING";
  }
}

std::string csv_schema_text(std::string_view record, char separator) {
  CsvInference options;
  options.dialect.delimiter = separator;
  std::string schema = "STRUCT<";
  for (const InferredColumn& column : infer_csv_schema(record.substr(0, record.find('\n')), options)) {
    schema += (schema.back() == '<' ? "" : ", ") + quoted(column.name) + ": " + csv_type_name(column.type);
  }
  return schema + ">";
}

std::optional<std::string> json_schema_text(std::string_view json) {
  std::string copy(json);
  copy.resize(json.size() + abi::kReadableBehind);
  const auto text = std::string_view(copy).substr(0, json.size());
  const char* end = text.data() + text.size();
  const char* rest = text.data();
  const JsonToken token = scan_json_value(rest, end, &rest);
  if (token.kind == JsonKind::Malformed || skip_json_blanks(rest, end) != end || !is_utf8(text)) return std::nullopt;
  if (token.kind == JsonKind::Nested && !is_strict_json(token.text)) return std::nullopt;
  const JsonType type = type_of_value(token);
  const std::optional<std::string> name = name_of(type);
  return name ? *name : type.kind == Kind::Struct ? "STRUCT<>" : "ARRAY<STRUCT<>>";
}

}  // namespace
}  // namespace millrace

namespace millrace::abi {
namespace {

thread_local std::string kept;  ///< the schema told last

bool keep(std::optional<std::string> schema, StringRef* out) {
  if (!schema) return false;
  kept = std::move(*schema);
  *out = {kept.data(), static_cast<int64_t>(kept.size())};
  return true;
}

bool in_scratch(PipelineContext* ctx, StringRef* text) {
  char* bytes = mr_scratch(ctx, text->size);
  std::copy(text->data, text->data + text->size, bytes);
  text->data = bytes;
  return true;
}

}  // namespace

extern "C" {

bool mr_csv_schema_text(const StringRef* csv, const StringRef* separator, StringRef* out) noexcept {
  return separator->size == 1 && keep(csv_schema_text(view(*csv), *separator->data), out);
}
bool mr_json_schema_text(const StringRef* json, StringRef* out) noexcept { return keep(json_schema_text(view(*json)), out); }

bool mr_schema_of_csv(PipelineContext* ctx, const StringRef* csv, const StringRef* separator, StringRef* out) noexcept {
  return mr_csv_schema_text(csv, separator, out) && in_scratch(ctx, out);
}
bool mr_schema_of_json(PipelineContext* ctx, const StringRef* json, StringRef* out) noexcept {
  return mr_json_schema_text(json, out) && in_scratch(ctx, out);
}

}  // extern "C"

}  // namespace millrace::abi
