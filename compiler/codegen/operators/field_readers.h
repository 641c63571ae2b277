#pragma once

#include <functional>

#include "compiler/codegen/sql_value.h"
#include "runtime/abi/context.h"
#include "runtime/abi/scan_spec.h"

namespace millrace {

/// Where a field's text lies. Of json the size is that of a value known to be of the field's type in its usual spelling, or 0: then only
/// its beginning is known.
struct FieldText {
  ir::Bytes data;
  ir::Int size;
  ir::Bool missing;  ///< of json: the record has no such field, and data is nothing; of others data is then null
  ir::Bool known = {};  ///< of json: the value is known to be of the field's type in its usual spelling; empty: nothing is ever known of it
  std::function<ir::Int()> parsed = {};  ///< of json: emits the loading of a number's value, or a double's bits, where it is known; empty: it is not parsed
};

/// Emits the parsing of one field by the format's hot functions. A malformed field leaves for `error`.
class FieldReader {
 public:
  FieldReader(ir::Emitter& emitter, ir::Pointer<abi::PipelineContext> context, abi::Format format, abi::FieldType type,
              const SqlType& sql_type, ir::Label error, std::function<ir::Bytes()> line_end)
      : e(emitter), context_(context), format_(format), type_(type), sql_type_(sql_type), error_(error), line_end_(std::move(line_end)) {}

  SqlValue read(const FieldText& field);
  /// Whether the field is NULL (or NaN), without converting it where that can be helped.
  ir::Bool is_null(const FieldText& field, bool nan_too);

 private:
  SqlValue read_nested(const FieldText& field);
  ir::Int32 read_json(ir::Bytes p, ir::Bytes end, llvm::Value* out);
  ir::Int32 check_json(ir::Bytes p, ir::Bytes end);
  ir::Int32 read_csv(const FieldText& field, llvm::Value* out);
  /// Whether json's text is known to be a value that read_known reads; empty where that never is.
  ir::Bool is_readable_as_known(const FieldText& field);
  /// Where the value is, null when it is missing.
  ir::Bytes text_of(const FieldText& field);
  SqlValue read_known(const FieldText& field);
  SqlValue read_unknown(const FieldText& field);
  /// NULL unless the status is kReadValue; leaves for the error label on kReadError.
  ir::Bool null_of(ir::Int32 status);
  const SqlType& sql_type() const { return sql_type_; }

  ir::Emitter& e;
  ir::Pointer<abi::PipelineContext> context_;
  abi::Format format_;
  abi::FieldType type_;
  SqlType sql_type_;
  ir::Label error_;
  std::function<ir::Bytes()> line_end_;
};

}  // namespace millrace
