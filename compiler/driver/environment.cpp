#include "compiler/driver/environment.h"

#include <cstdlib>

#include <stdexcept>

#include "compiler/driver/path_confinement.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/file_source.h"
#include "runtime/connectors/registry.h"
#include "runtime/formats/registry.h"
#include "runtime/formats/schema_inference.h"
#include "runtime/time/time_zone.h"

namespace millrace {
namespace {

/// The bytes of all files that the table's path names; `has_header`: only the first file's header line is kept.
std::string read_table(const abi::SourceSpec& source, bool has_header) {
  FileSource files{std::string(text_option(source.options, "path"))};
  if (const Status status = files.open(); !status.ok()) throw std::runtime_error(status.message());
  constexpr size_t kChunk = 1 << 18;
  std::string text;
  size_t file_start = 0;
  bool first_file = true;
  const auto drop_header = [&] {
    if (has_header && !first_file) text.erase(file_start, text.find('\n', file_start) - file_start + 1);
    first_file = false;
    file_start = text.size();
  };
  for (;;) {
    const size_t size = text.size();
    text.resize(size + kChunk);
    const ReadResult got = files.read({text.data() + size, kChunk}, -1);
    text.resize(size + got.bytes);
    if (got.kind == ReadResult::Kind::Failed) throw std::runtime_error(got.status.message());
    if (got.kind == ReadResult::Kind::NextFile || got.kind == ReadResult::Kind::End) drop_header();
    if (got.kind == ReadResult::Kind::End) return text;
  }
}

TypeKind kind_of(abi::FieldType type) {
  switch (type) {
    case abi::FieldType::Boolean: return TypeKind::Boolean;
    case abi::FieldType::TinyInt: return TypeKind::TinyInt;
    case abi::FieldType::SmallInt: return TypeKind::SmallInt;
    case abi::FieldType::Int: return TypeKind::Int;
    case abi::FieldType::BigInt: return TypeKind::BigInt;
    case abi::FieldType::Float: return TypeKind::Float;
    case abi::FieldType::Double: return TypeKind::Double;
    case abi::FieldType::String: return TypeKind::String;
    case abi::FieldType::Binary: return TypeKind::Binary;
    case abi::FieldType::Date: return TypeKind::Date;
    case abi::FieldType::Timestamp: return TypeKind::Timestamp;
    case abi::FieldType::Decimal:
    case abi::FieldType::Interval: break;  // never inferred
  }
  return TypeKind::String;
}

std::vector<InferredColumn> infer_csv_columns(const abi::SourceSpec& source) {
  const auto character = [&](const char* name, char otherwise) {
    const std::string_view text = text_option(source.options, name);
    return text.empty() ? otherwise : text[0];
  };
  CsvInference options;
  options.dialect.delimiter = character("delimiter", ',');
  options.dialect.quote = character("quote", '"');
  options.dialect.escape = character("escape", '\\');
  options.header = flag_option(source.options, "header");
  options.null_value = text_option(source.options, "null_value");
  return infer_csv_schema(read_table(source, options.header), options);
}

Schema infer_schema(const abi::SourceSpec& source) {
  if (source.format == abi::Format::Text) return {{.name = "value", .type = TypeKind::String}};
  const auto columns = source.format == abi::Format::Csv ? infer_csv_columns(source) : infer_json_schema(read_table(source, false));
  if (columns.empty()) throw std::runtime_error("no columns were found in '" + std::string(text_option(source.options, "path")) + "'; declare them");
  Schema schema;
  for (const InferredColumn& column : columns) schema.push_back({.name = column.name, .type = kind_of(column.type)});
  return schema;
}

}  // namespace

Environment make_environment(std::string base_directory, std::string format, const std::vector<std::string>& allowed_folders) {
  Environment environment;
  environment.sources = source_connectors();
  environment.sinks = sink_connectors();
  environment.input_formats = input_formats();
  environment.output_formats = output_formats();
  environment.base_directory = std::move(base_directory);
  environment.infer_schema = infer_schema;
  environment.knows_time_zone = [](const std::string& name) { return find_time_zone(name) != nullptr; };
  if (!allowed_folders.empty()) environment.why_path_is_refused = path_confinement(allowed_folders);
  environment.settings["format"] = std::move(format);
  return environment;
}

std::string code_cache_folder() {
  const auto stated = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  if (const std::string folder = stated("MILLRACE_CODE_CACHE"); !folder.empty()) return folder == "off" ? "" : folder;
  if (const std::string folder = stated("XDG_CACHE_HOME"); !folder.empty()) return folder + "/millrace/code";
  if (const std::string home = stated("HOME"); !home.empty()) return home + "/.cache/millrace/code";
  return "";
}

}  // namespace millrace
