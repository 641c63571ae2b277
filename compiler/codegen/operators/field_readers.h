#pragma once

#include <functional>

#include "compiler/codegen/sql_value.h"
#include "runtime/abi/context.h"
#include "runtime/abi/scan_spec.h"

namespace millrace {

/// Where a field's text lies: of json only its beginning is known.
struct FieldText {
  ir::Bytes data;
  ir::Int size;
};

/// Emits the parsing of one field by the format's hot functions. A malformed field leaves for `error`.
class FieldReader {
 public:
  FieldReader(ir::Emitter& emitter, ir::Pointer<abi::PipelineContext> context, abi::Format format, abi::FieldType type,
              ir::Label error, std::function<ir::Bytes()> line_end)
      : e(emitter), context_(context), format_(format), type_(type), error_(error), line_end_(std::move(line_end)) {}

  SqlValue read(const FieldText& field);
  /// Whether the field is NULL, without converting it.
  ir::Bool is_null(const FieldText& field);

 private:
  ir::Int32 read_json(ir::Bytes p, ir::Bytes end, llvm::Value* out);
  ir::Int32 check_json(ir::Bytes p, ir::Bytes end);
  ir::Int32 read_csv(const FieldText& field, llvm::Value* out);
  /// NULL unless the status is kReadValue; leaves for the error label on kReadError.
  ir::Bool null_of(ir::Int32 status);
  SqlType sql_type() const;

  ir::Emitter& e;
  ir::Pointer<abi::PipelineContext> context_;
  abi::Format format_;
  abi::FieldType type_;
  ir::Label error_;
  std::function<ir::Bytes()> line_end_;
};

}  // namespace millrace
