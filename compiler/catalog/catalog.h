#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/syntax/ast.h"
#include "compiler/types/schema.h"
#include "runtime/abi/connector_spec.h"
#include "runtime/abi/program.h"

namespace millrace {

/// A computed column of a stream: `event_time AS …`.
struct ComputedColumn {
  const ast::Expr* expr = nullptr;  ///< owned by the script's AST, which outlives the catalog
  size_t position = 0;              ///< among all columns of the declaration
  ast::Identifier name;
};

/// A declared stream, table, view or sink.
struct Relation {
  ast::RelationKind kind = ast::RelationKind::Stream;
  std::string name;               ///< as declared
  Schema columns;                 ///< text columns of a stream or table, in order (computed ones apart); a sink's declared columns
  std::vector<ComputedColumn> computed;
  std::optional<std::string> watermark_column;
  int64_t watermark_delay_us = 0;
  abi::SourceSpec source;         ///< of streams and tables
  abi::SinkSpec sink;             ///< of sinks
  const ast::CreateView* view = nullptr;
  int64_t view_id = 0;            ///< of a materialized view; its `columns` are followed by those that only tell its groups apart
  size_t visible_columns = 0;     ///< of a materialized view
  bool is_stopped = false;        ///< a materialized view whose query has ended: its name may be taken again
  SourceSpan span;
};

/// What the driver tells the analyzer about the runtime, as plain data, so that options get a caret without the compiler
/// including a connector.
struct Environment {
  std::span<const abi::ConnectorSpec* const> sources;
  std::span<const abi::ConnectorSpec* const> sinks;
  std::span<const abi::ConnectorSpec* const> input_formats;
  std::span<const abi::ConnectorSpec* const> output_formats;
  std::string base_directory;   ///< that relative paths are taken from
  /// Columns of a static table that declares none; throws std::runtime_error with a message when the file cannot be read.
  std::function<Schema(const abi::SourceSpec&)> infer_schema;
  /// Whether a time zone is one that the runtime can find; empty: any is.
  std::function<bool(const std::string&)> knows_time_zone;
  /// Why a file or folder of this absolute path must not be used, or nothing; empty: all may be.
  std::function<std::string(const std::string&)> why_path_is_refused;
  /// Settings the run started with (`--format`), then changed by SET.
  std::map<std::string, std::string> settings;
  bool keeps_all_lines = false;  ///< of every query what `$errors` and `$late` tell is kept: statements that are still to come may read it
};

/// Names of a script, case-insensitive.
class Catalog {
 public:
  Relation* find(std::string_view name);
  const Relation* find(std::string_view name) const;
  Relation& add(Relation relation);  ///< replaces one of the same name
  bool remove(std::string_view name);
  std::vector<std::string> names() const;
  std::vector<const Relation*> relations() const;  ///< in order of declaration

 private:
  std::vector<std::unique_ptr<Relation>> relations_;
};

}  // namespace millrace
