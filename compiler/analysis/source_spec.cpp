#include "compiler/analysis/analyze_options.h"

#include <algorithm>

#include "compiler/base/sql_error.h"
#include "compiler/catalog/names.h"

namespace millrace {

namespace {

abi::Format input_format(const std::string& name, SourceSpan span) {
  if (same_name(name, "json")) return abi::Format::Json;
  if (same_name(name, "csv")) return abi::Format::Csv;
  if (same_name(name, "text")) return abi::Format::Text;
  throw not_supported_yet(span, "input format '" + name + "'");
}

abi::OutputFormat output_format(const std::string& name, SourceSpan span) {
  if (same_name(name, "table")) return abi::OutputFormat::Table;
  if (same_name(name, "json")) return abi::OutputFormat::Json;
  if (same_name(name, "csv")) return abi::OutputFormat::Csv;
  throw not_supported_yet(span, "output format '" + name + "'");
}

/// How rows are written. A changelog is rows with a column more: on the console a table, elsewhere JSON, as is Debezium's envelope.
void set_format(abi::SinkSpec& sink, const std::string& name, SourceSpan span) {
  if (same_name(name, "debezium")) {
    sink.changes = abi::ChangeForm::Envelope;
    sink.format = abi::OutputFormat::Json;
  } else if (same_name(name, "changelog")) {
    sink.changes = abi::ChangeForm::Op;
    sink.format = sink.connector == "console" ? abi::OutputFormat::Table : abi::OutputFormat::Json;
  } else {
    sink.format = output_format(name, span);
  }
}

/// The path without the suffixes of compressed files.
std::string uncompressed(std::string path) {
  for (const std::string_view suffix : {".gz", ".zst"}) {
    if (path.ends_with(suffix)) path.resize(path.size() - suffix.size());
  }
  return fold_case(path);
}

/// The format that nothing states: by what is declared, and a table's by its file's name.
std::string default_input_format(const ast::CreateSource& create, const std::string& connector,
                                 const OptionChecker& options) {
  if (connector == "generator") return "json";
  const ast::Option* path = options.find("pattern") ? options.find("pattern") : options.find("path");
  const std::string file = path ? uncompressed(path->value.text) : "";
  if (create.kind == ast::RelationKind::Stream && create.columns.empty()) return "text";
  if (file.ends_with(".csv")) return "csv";
  if (file.ends_with(".json") || file.ends_with(".ndjson") || file.ends_with(".jsonl")) return "json";
  if (create.kind == ast::RelationKind::Stream) return "json";
  throw SqlError(create.options_span.empty() ? create.name.span : create.options_span, "a table needs a format",
                 "format = 'csv' or 'json'");
}

std::string connector_name(const ast::CreateSource& create, const OptionChecker& options,
                           std::span<const abi::ConnectorSpec* const> specs) {
  if (const ast::Option* option = options.find("connector")) return option->value.text;
  if (create.kind == ast::RelationKind::Table && options.find("path")) return "file";
  std::string list;
  for (const abi::ConnectorSpec* spec : specs) {
    if (spec->supported)
      list += (list.empty() ? "WITH (connector = 'socket', …); there are: " : ", ") + std::string(spec->name);
  }
  const SourceSpan span = create.options_span.empty() ? create.name.span : create.options_span;
  throw SqlError(span,
                 create.kind == ast::RelationKind::Table ? "a table needs the path of a file"
                                                         : "'" + create.name.text + "' needs a connector",
                 list);
}

using Specs = std::span<const abi::ConnectorSpec* const>;

/// Tells of a connector that there is, but on the other end of a query.
void check_direction(const std::string& name, Specs wanted, Specs others, SourceSpan span, const std::string& hint) {
  const auto has_name = [&](const abi::ConnectorSpec* spec) { return same_name(spec->name, name); };
  if (std::any_of(wanted.begin(), wanted.end(), has_name) || std::none_of(others.begin(), others.end(), has_name)) return;
  throw SqlError(span, "connector '" + name + "' is for " + hint);
}

std::string how_to_have_an_end(const abi::ConnectorSpec& connector) {
  std::string given;
  for (const std::string_view key : connector.bounding_options) given += (given.empty() ? ", or give it the option " : " or ") + std::string(key);
  return "CREATE STREAM" + given;
}

SourceSpan value_span(const OptionChecker& options, std::string_view key, const ast::CreateSource& create) {
  const ast::Option* option = options.find(key);
  return option ? option->value_span : create.options_span.empty() ? create.name.span : create.options_span;
}

}  // namespace

abi::SourceSpec source_spec(const Session& session, const ast::CreateSource& create) {
  const Environment& environment = session.environment;
  const OptionChecker options(session, create.options, create.options_span.empty() ? create.name.span : create.options_span);
  const auto connector_span = value_span(options, "connector", create);
  const std::string name = connector_name(create, options, environment.sources);
  check_direction(name, environment.sources, environment.sinks, connector_span, "sinks: rows go to it, and none come from it");
  const auto& connector = OptionChecker::choose(environment.sources, name, "connector", connector_span);
  const ast::Option* stated = options.find("format");
  const std::string format =
      stated ? stated->value.text : default_input_format(create, std::string(connector.name), options);
  const auto& format_spec =
      OptionChecker::choose(environment.input_formats, format, "format", value_span(options, "format", create));
  abi::SourceSpec spec;
  spec.name = create.name.text;
  spec.connector = std::string(connector.name);
  spec.options = options.check({&connector, &format_spec});
  spec.format = input_format(format, value_span(options, "format", create));
  spec.is_table = create.kind == ast::RelationKind::Table;
  spec.bounded = connector.bounded || std::any_of(connector.bounding_options.begin(), connector.bounding_options.end(),
                                                  [&](std::string_view key) { return options.find(key) != nullptr; });
  if (spec.is_table && !spec.bounded)
    throw SqlError(connector_span, "a table is read to its end, which '" + spec.connector + "' has not", how_to_have_an_end(connector));
  if (connector.name == "generator" && spec.format != abi::Format::Json) {
    throw SqlError(value_span(options, "format", create), "a generator's records are json");
  }
  return spec;
}

abi::SinkSpec sink_spec(const Session& session, const ast::CreateSource& create) {
  const Environment& environment = session.environment;
  const OptionChecker options(session, create.options, create.options_span.empty() ? create.name.span : create.options_span);
  const auto connector_span = value_span(options, "connector", create);
  const std::string name = connector_name(create, options, environment.sinks);
  check_direction(name, environment.sinks, environment.sources, connector_span, "streams: rows come from it, and none go to it");
  const auto& connector = OptionChecker::choose(environment.sinks, name, "connector", connector_span);
  const ast::Option* stated = options.find("format");
  const ast::Option* path = options.find("path");
  std::string format = connector.name == "console"                             ? "table"
                       : path && fold_case(path->value.text).ends_with(".csv") ? "csv"
                                                                               : "json";
  if (stated) format = stated->value.text;
  const SourceSpan format_span = value_span(options, "format", create);
  const auto& format_spec = OptionChecker::choose(environment.output_formats, format, "format", format_span);
  if (same_name(format, "table") && connector.name != "console")
    throw SqlError(format_span, "format 'table' is for the console", "use 'json' or 'csv'");
  abi::SinkSpec spec;
  spec.name = create.name.text;
  spec.connector = std::string(connector.name);
  spec.options = options.check({&connector, &format_spec});
  set_format(spec, format, format_span);
  return spec;
}

abi::SinkSpec console_sink(const Session& session, SourceSpan span) {
  const Environment& environment = session.environment;
  const auto setting = environment.settings.find("format");
  const std::string format = setting == environment.settings.end() ? "table" : setting->second;
  std::vector<ast::Option> options_set;  // by SET, checked when it is used, as which there are depends on the format
  for (const char* name : {"rows", "truncate"}) {
    const auto set = environment.settings.find(name);
    if (set != environment.settings.end()) options_set.push_back({{name, false, span}, {ast::LiteralKind::String, set->second}, span});
  }
  const OptionChecker options(session, options_set, span);
  const auto& connector = OptionChecker::choose(environment.sinks, "console", "connector", span);
  const auto& format_spec = OptionChecker::choose(environment.output_formats, format, "format", span);
  abi::SinkSpec spec;
  spec.connector = "console";
  spec.options = options.check({&connector, &format_spec});
  set_format(spec, format, span);
  return spec;
}

}  // namespace millrace
