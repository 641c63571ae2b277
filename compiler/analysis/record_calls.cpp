#include "compiler/analysis/record_calls.h"

#include <algorithm>
#include <optional>

#include "compiler/analysis/json_schema.h"
#include "compiler/analysis/nested_types.h"
#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"
#include "compiler/expr/constant_eval.h"
#include "compiler/expr/expr_rewrite.h"
#include "compiler/functions/json_functions.h"
#include "runtime/abi/calls/csv_text.h"

namespace millrace {

namespace {

using Arguments = std::vector<ExprPtr>;

/// What the options of a call say.
struct RecordOptions {
  SourceSpan span;
  std::optional<std::string> timestamps, dates;  ///< their patterns
  std::string separator = ",";

  const std::string* pattern_of(const SqlType& type) const {
    if (type.is(TypeKind::Timestamp) && timestamps) return &*timestamps;
    return type.is(TypeKind::Date) && dates ? &*dates : nullptr;
  }
};

/// The text of a constant that is not NULL.
std::optional<std::string> constant_text(const expr::Expr& e) {
  if (!e.type.is(TypeKind::String)) return std::nullopt;
  const std::optional<ExprPtr> folded = std::holds_alternative<expr::Literal>(e.node) ? std::nullopt : expr::evaluate_constant(e);
  const auto* literal = std::get_if<expr::Literal>(folded ? &(*folded)->node : &e.node);
  const auto* text = literal ? std::get_if<std::string>(&literal->value) : nullptr;
  return text ? std::optional(*text) : std::nullopt;
}

void set_option(RecordOptions* options, const std::string& name, std::string value, SourceSpan span) {
  const std::string folded = fold_case(name);
  if (folded == "timestampformat") {
    options->timestamps = std::move(value);
  } else if (folded == "dateformat") {
    options->dates = std::move(value);
  } else if (folded == "sep" || folded == "delimiter") {
    if (value.size() != 1 || value == "\"" || value == "\\" || value == "\n") {
      throw SqlError(span, "'" + value + "' does not separate fields: a separator is one character, such as '|'");
    }
    options->separator = std::move(value);
  } else if (folded == "mode") {
    if (fold_case(value) != "permissive") throw not_supported_yet(span, "mode '" + value + "'", "PERMISSIVE makes NULL of what does not fit");
  } else {
    throw not_supported_yet(span, "option '" + name + "'", "there are mode, timestampFormat, dateFormat and, of csv, sep");
  }
}

/// The options are the argument at this place, if there is one.
RecordOptions options_at(const Arguments& arguments, size_t place, const std::string& function) {
  RecordOptions options;
  if (arguments.size() <= place) return options;
  const expr::Expr& map = *arguments[place];
  options.span = map.span;
  const auto* entries = map.type.is(TypeKind::Map) ? std::get_if<expr::MakeCollection>(&map.node) : nullptr;
  if (!entries) throw SqlError(map.span, "the options of " + function + " must be a map", "such as map('mode', 'PERMISSIVE')");
  for (size_t i = 0; i + 1 < entries->elements.size(); i += 2) {
    const expr::Expr& value = *entries->elements[i + 1];
    const std::optional<std::string> name = constant_text(*entries->elements[i]), text = constant_text(value);
    if (!name || !text) throw SqlError(map.span, "the options of " + function + " must be constant strings, not " + to_string(map.type));
    set_option(&options, *name, *text, value.span);
  }
  return options;
}

/// A STRUCT anew, with `change(field, i)` in place of its fields.
template <class Change>
ExprPtr changed_fields(ExprPtr record, SourceSpan span, Change change) {
  Arguments fields;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < record->type.fields.size(); ++i) {
    names.push_back(record->type.fields[i].name);
    fields.push_back(change(make_get_field(expr::clone(*record), i, span), i));
  }
  ExprPtr anew = make_struct(std::move(fields), std::move(names), span);
  ExprPtr null = make_null(anew->type, span);
  std::vector<std::pair<ExprPtr, ExprPtr>> branches;
  branches.emplace_back(make_is_null(std::move(record), false, span), std::move(null));
  return make_case(std::move(branches), std::move(anew), span);
}

bool has_pattern(const SqlType& type, const RecordOptions& options) {
  if (options.pattern_of(type)) return true;
  const bool in_parts = std::any_of(type.fields.begin(), type.fields.end(), [&](const StructField& f) { return has_pattern(f.type, options); });
  return in_parts;
}

/// Whether a pattern says how fields of this STRUCT are written; throws where one does deeper within.
bool wants_patterns(const SqlType& type, const RecordOptions& options) {
  bool wants = false;
  for (const StructField& field : type.fields) {
    const bool own = type.is(TypeKind::Struct) && options.pattern_of(field.type);
    if (!own && has_pattern(field.type, options)) throw not_supported_yet(options.span, "a pattern of times within a nested value");
    wants |= own;
  }
  return wants;
}

ExprPtr by_pattern(const char* function, ExprPtr field, const std::string& pattern, SourceSpan span) {
  Arguments arguments;
  arguments.push_back(std::move(field));
  arguments.push_back(make_string(pattern, span));
  return make_call(function, std::move(arguments), span);
}

/// The call with the fields that have a pattern as texts, then these as times.
ExprPtr read_record(const std::string& name, Arguments arguments, SqlType type, const RecordOptions& options, SourceSpan span) {
  if (!wants_patterns(type, options)) return make_inferred(expr::Call{&record_function(name), std::move(arguments)}, std::move(type), span);
  SqlType texts = type;
  for (StructField& field : texts.fields) {
    if (options.pattern_of(field.type)) field.type = TypeKind::String;
  }
  ExprPtr record = make_inferred(expr::Call{&record_function(name), std::move(arguments)}, std::move(texts), span);
  return changed_fields(std::move(record), span, [&](ExprPtr field, uint32_t i) {
    const SqlType& wanted = type.fields[i].type;
    const std::string* pattern = options.pattern_of(wanted);
    if (!pattern) return field;
    return by_pattern(wanted.is(TypeKind::Date) ? "to_date" : "to_timestamp", std::move(field), *pattern, span);
  });
}

abi::StringRef bytes_of(const std::string& text) { return {text.data(), static_cast<int64_t>(text.size())}; }

/// The text of a schema: a constant, or schema_of_json() or schema_of_csv() of one.
std::optional<std::string> schema_text(const expr::Expr& schema) {
  const auto* call = std::get_if<expr::Call>(&schema.node);
  if (!call || call->arguments.empty()) return constant_text(schema);
  const std::optional<std::string> example = constant_text(*call->arguments[0]);
  const bool of_json = call->function->name == "schema_of_json";
  if (!example || (!of_json && call->function->name != "schema_of_csv")) return constant_text(schema);
  const std::string separator = of_json ? "" : constant_text(*call->arguments[1]).value_or(",");
  const abi::StringRef text = bytes_of(*example), between = bytes_of(separator);
  abi::StringRef found;
  const bool is_record = of_json ? abi::mr_json_schema_text(&text, &found) : abi::mr_csv_schema_text(&text, &between, &found);
  return is_record ? std::optional(std::string(found.data, static_cast<size_t>(found.size))) : std::nullopt;
}

SqlType schema_of(const expr::Expr& schema, const std::string& function) {
  const std::optional<std::string> text = schema_text(schema);
  if (!text) {
    throw SqlError(schema.span, "the schema of " + function + " must be a string literal", "such as 'a BIGINT, b STRUCT<c: STRING>'");
  }
  return json_schema(*text, schema.span);
}

/// A value with its times as the options want them written.
ExprPtr with_patterns(ExprPtr value, const RecordOptions& options, SourceSpan span) {
  if (!wants_patterns(value->type, options)) return value;
  return changed_fields(std::move(value), span, [&](ExprPtr field, uint32_t) {
    const std::string* pattern = options.pattern_of(field->type);
    return pattern ? by_pattern("date_format", std::move(field), *pattern, span) : std::move(field);
  });
}

}  // namespace

ExprPtr make_from_json(Arguments arguments, SourceSpan span) {
  const RecordOptions options = options_at(arguments, 2, "from_json");
  SqlType type = schema_of(*arguments[1], "from_json");
  check_read_from_json(type, arguments[1]->span);
  Arguments text;
  text.push_back(coerce_checked(std::move(arguments[0]), TypeKind::String, "the first argument of from_json"));
  return read_record("from_json", std::move(text), std::move(type), options, span);
}

ExprPtr make_from_csv(Arguments arguments, SourceSpan span) {
  const RecordOptions options = options_at(arguments, 2, "from_csv");
  SqlType type = schema_of(*arguments[1], "from_csv");
  const auto nested = [](const StructField& field) { return field.type.is_nested(); };
  if (!type.is(TypeKind::Struct) || std::any_of(type.fields.begin(), type.fields.end(), nested)) {
    throw SqlError(arguments[1]->span, "the schema of from_csv has columns of plain types", "such as 'a BIGINT, b STRING'");
  }
  Arguments record;
  record.push_back(coerce_checked(std::move(arguments[0]), TypeKind::String, "the first argument of from_csv"));
  record.push_back(make_string(options.separator, span));
  return read_record("from_csv", std::move(record), std::move(type), options, span);
}

ExprPtr make_to_json(Arguments arguments, SourceSpan span) {
  const RecordOptions options = options_at(arguments, 1, "to_json");
  Arguments value;
  value.push_back(with_patterns(std::move(arguments[0]), options, span));
  return make_call("to_json", std::move(value), span);
}

ExprPtr make_to_csv(Arguments arguments, SourceSpan span) {
  const RecordOptions options = options_at(arguments, 1, "to_csv");
  if (!arguments[0]->type.is(TypeKind::Struct)) {
    throw SqlError(arguments[0]->span, "the first argument of to_csv must be a STRUCT, not " + to_string(arguments[0]->type));
  }
  Arguments record;
  record.push_back(with_patterns(std::move(arguments[0]), options, span));
  record.push_back(make_string(options.separator, span));
  return make_call("to_csv", std::move(record), span);
}

ExprPtr make_schema_of_csv(Arguments arguments, SourceSpan span) {
  const RecordOptions options = options_at(arguments, 1, "schema_of_csv");
  Arguments text;
  text.push_back(std::move(arguments[0]));
  text.push_back(make_string(options.separator, span));
  return make_call("schema_of_csv", std::move(text), span);
}

}  // namespace millrace
