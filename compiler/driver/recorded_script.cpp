#include "compiler/driver/recorded_script.h"

#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>

#include "compiler/driver/command_line.h"
#include "runtime/connectors/console_sink.h"
#include "runtime/connectors/file_sink.h"
#include "runtime/connectors/registry.h"

namespace millrace {
namespace {

/// Tables' columns are inferred as types without parameters.
std::optional<TypeKind> kind_named(const std::string& name) {
  for (int kind = 0; kind <= static_cast<int>(TypeKind::Timestamp); ++kind) {
    const auto candidate = static_cast<TypeKind>(kind);
    if (candidate != TypeKind::Decimal && to_string(SqlType(candidate)) == name) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<RunRecorder> open_recorder(const std::string& path, const Script& script, const std::string& format) {
  const auto notice = [](std::string_view text) { fprintf(stderr, "millrace: warning: %.*s\n", static_cast<int>(text.size()), text.data()); };
  auto recorder = std::make_unique<RunRecorder>(notice);
  if (Status opened = recorder->open(path); !opened.ok()) throw UsageError(opened.message(), "--record FILE takes the name of a new file");
  std::random_device random;
  const uint64_t seed = uint64_t{random()} << 32 | random();
  recorder->job({"Millrace " MILLRACE_VERSION, script.source.name(), std::string(script.source.text()), script.base_directory, format, seed});
  return recorder;
}

void record_schemas(Environment& environment, RunRecorder& recorder) {
  environment.infer_schema = [infer = environment.infer_schema, &recorder](const abi::SourceSpec& table) {
    Schema schema = infer(table);
    std::vector<std::string> columns;
    for (const Column& column : schema) columns.insert(columns.end(), {column.name, to_string(column.type)});
    recorder.schema(table.name, columns);
    return schema;
  };
}

void replay_schemas(Environment& environment, ReplayedJob& replayed) {
  environment.infer_schema = [&replayed](const abi::SourceSpec& table) {
    const auto columns = replayed.take_schema(table.name);
    if (!columns) throw std::runtime_error(columns.error().message());
    Schema schema;
    for (size_t i = 0; i + 1 < columns->size(); i += 2) {
      const auto kind = kind_named((*columns)[i + 1]);
      if (!kind) throw std::runtime_error("the recording names a type that this version does not know: " + (*columns)[i + 1]);
      schema.push_back({.name = (*columns)[i], .type = *kind});
    }
    return schema;
  };
}

std::unique_ptr<Sink> ReplaySinks::make(const abi::QuerySpec& query) {
  const std::string& connector = query.sink.connector;
  if (connector == "console" || connector == "blackhole") return nullptr;
  if (folder_.empty()) {
    left_out_ += (left_out_.empty() ? "'" : ", '") + query.sink.name + "'";
    return std::make_unique<BlackholeSink>();
  }
  std::string name = query.sink.name;
  const auto is_taken = [&](const std::string& path) {
    for (const abi::QuerySpec& other : queries_) {
      if (other.sink.options.at("path") == path) return true;
    }
    return false;
  };
  abi::QuerySpec& copy = queries_.emplace_back();
  copy.name = query.name;
  copy.mode = query.mode;
  copy.streaming = query.streaming;
  copy.columns = query.columns;
  copy.sink = query.sink;
  copy.sink.options["path"].clear();
  while (is_taken(folder_ + "/" + name)) name += "_";
  copy.sink.options["path"] = folder_ + "/" + name;
  if (connector == "socket") {
    copy.sink.connector = "file";
    copy.sink.options["mode"] = "append";  // whoever listened got every batch
  }
  SharedOutput none;
  auto made = make_sink(copy, &none, {});
  return made ? std::move(made).value() : nullptr;
}

}  // namespace millrace
