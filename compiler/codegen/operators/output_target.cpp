#include "compiler/codegen/nested_access.h"
#include "compiler/codegen/operators/pipeline_compiler.h"
#include "runtime/abi/calls/nested.h"
#include "runtime/hot/output.h"

namespace millrace {

using ir::Bool;
using ir::Int;
using ir::Pointer;

namespace {

/// The bytes of `"name":` with what JSON wants escaped.
std::string json_key(const std::string& name) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : name) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') (out += '\\') += c;
    else if (byte < 0x20) ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    else out += c;
  }
  return out += "\":";
}

/// Writes a row's values as text in the sink's format. What is constant between two values is one run of bytes.
class RowWriter {
 public:
  RowWriter(ir::Emitter& emitter, Pointer<abi::PipelineContext> context, abi::OutputFormat format)
      : e(emitter), context_(context), out_(e.load<&abi::PipelineContext::output>(context)), format_(format) {}

  void write(const std::vector<SqlValue>& values, const Schema& schema) {
    Bool wanted = e.call<&abi::mr_out_row_begin>(out_);
    e.if_(wanted, [&] { write_wanted(values, schema); });
  }

 private:
  void write_wanted(const std::vector<SqlValue>& values, const Schema& schema) {
    switch (format_) {
      case abi::OutputFormat::Table:
        for (const SqlValue& v : values) cell(v);
        return;
      case abi::OutputFormat::Csv:
        for (size_t i = 0; i < values.size(); ++i) {
          if (i) bytes(",");
          unless_null(values[i], [&] { csv(values[i]); }, [] {});
        }
        bytes("\n");
        return;
      case abi::OutputFormat::Json:
        for (size_t i = 0; i < values.size(); ++i) {
          pending_ += (i ? "," : "{") + json_key(schema[i].name);
          json(values[i]);
        }
        pending_ += values.empty() ? "{}\n" : "}\n";
        flush();
        return;
    }
  }

  void bytes(const std::string& text) {
    if (!text.empty()) e.call<&abi::mr_out_bytes>(out_, e.bytes(text), e.int_(static_cast<int64_t>(text.size())));
  }
  void flush() { bytes(std::exchange(pending_, {})); }

  template <class F, class G>
  void unless_null(const SqlValue& v, F present, G absent) {
    if (v.may_be_null()) e.if_(v.null, absent, present);
    else present();
  }

  void cell(const SqlValue& v) {
    unless_null(v,
                [&] {
                  Int begin = e.call<&abi::mr_out_cell_begin>(out_);
                  text(v);
                  e.call<&abi::mr_out_cell_end>(out_, begin);
                },
                [&] { e.call<&abi::mr_out_cell_null>(out_); });
  }

  Pointer<const abi::StringRef> string_of(const SqlValue& v) {
    SqlValue present = v;
    present.null = {};
    return sql::as_string_ref(e, present);
  }

  void decimal(const SqlValue& v) { e.call<&abi::mr_out_text_decimal>(out_, sql::as_decimal_ref(e, v), e.int_(v.type.scale)); }

  void interval(const SqlValue& v) {
    const Int first = e.int_(v.type.interval_first()), last = e.int_(v.type.interval_last());
    if (v.type.is(TypeKind::IntervalYearMonth)) e.call<&abi::mr_out_text_months>(out_, v.integer(), first, last);
    else e.call<&abi::mr_out_text_micros>(out_, v.integer(), first, last);
  }

  /// As CAST(v AS STRING) gives it.
  void text(const SqlValue& v) {
    switch (v.type.kind) {
      case TypeKind::Struct: {
        for (size_t i = 0; i < v.fields.size(); ++i) {
          bytes(i ? ", " : "{");
          unless_null(v.fields[i], [&] { text(v.fields[i]); }, [&] { bytes("NULL"); });
        }
        bytes(v.fields.empty() ? "{}" : "}");
        return;
      }
      case TypeKind::Null:
      case TypeKind::Boolean: e.call<&abi::mr_out_text_bool>(out_, v.boolean()); return;
      case TypeKind::Float: e.call<&abi::mr_out_text_float>(out_, v.real()); return;
      case TypeKind::Double: e.call<&abi::mr_out_text_double>(out_, v.real()); return;
      case TypeKind::Decimal: decimal(v); return;
      case TypeKind::IntervalYearMonth:
      case TypeKind::IntervalDayTime: interval(v); return;
      case TypeKind::String: e.call<&abi::mr_out_text_string>(out_, string_of(v)); return;
      case TypeKind::Binary: e.call<&abi::mr_out_text_binary>(out_, string_of(v)); return;
      case TypeKind::Array:
      case TypeKind::Map: e.call<&abi::mr_out_text_nested>(context_, out_, string_of(v), sql::code_of(e, v.type)); return;
      case TypeKind::Date: e.call<&abi::mr_out_text_date>(out_, v.integer()); return;
      case TypeKind::Timestamp: e.call<&abi::mr_out_text_timestamp>(context_, out_, v.integer()); return;
      default: e.call<&abi::mr_out_text_int>(out_, v.integer());
    }
  }

  /// `pending_` holds the constant bytes in front of the value.
  void json(const SqlValue& v) {
    if (!v.may_be_null()) {
      json_value(v);
      return;
    }
    flush();
    e.if_(v.null, [&] { e.call<&abi::mr_out_json_null>(out_); },
          [&] {
            json_value(v);
            flush();
          });
  }

  void json_value(const SqlValue& v) {
    if (v.type.is(TypeKind::Struct)) {
      for (size_t i = 0; i < v.fields.size(); ++i) {
        pending_ += (i ? "," : "{") + json_key(v.type.fields[i].name);
        json(v.fields[i]);
      }
      pending_ += v.fields.empty() ? "{}" : "}";
      return;
    }
    if (!is_written_as_token(v)) {
      flush();
      json_scalar(v);
      return;
    }
    const std::string before = std::exchange(pending_, {});
    e.if_(v.token.known,
          [&] {
            const Int size = e.int_(static_cast<int64_t>(before.size()));
            e.call<&abi::mr_out_token>(out_, e.bytes(before), size, v.token.data, v.token.size);
          },
          [&] {
            bytes(before);
            json_scalar(v);
          });
  }

  /// Known strings have no escapes and known integers no odd spelling, so that they would be written as they were read.
  static bool is_written_as_token(const SqlValue& v) { return v.has_token() && (v.type.is(TypeKind::String) || v.type.is_integer()); }

  void json_scalar(const SqlValue& v) {
    switch (v.type.kind) {
      case TypeKind::Null:
      case TypeKind::Boolean: e.call<&abi::mr_out_json_bool>(out_, v.boolean()); return;
      case TypeKind::Float: e.call<&abi::mr_out_json_float>(out_, v.real()); return;
      case TypeKind::Double: e.call<&abi::mr_out_json_double>(out_, v.real()); return;
      case TypeKind::Decimal: decimal(v); return;
      case TypeKind::IntervalYearMonth:
      case TypeKind::IntervalDayTime:
        bytes("\"");
        interval(v);
        bytes("\"");
        return;
      case TypeKind::String: e.call<&abi::mr_out_json_string>(out_, string_of(v)); return;
      case TypeKind::Binary: e.call<&abi::mr_out_json_binary>(out_, string_of(v)); return;
      case TypeKind::Array:
      case TypeKind::Map: e.call<&abi::mr_out_json_nested>(context_, out_, string_of(v), sql::code_of(e, v.type)); return;
      case TypeKind::Date: e.call<&abi::mr_out_json_date>(out_, v.integer()); return;
      case TypeKind::Timestamp: e.call<&abi::mr_out_json_timestamp>(context_, out_, v.integer()); return;
      default: e.call<&abi::mr_out_json_int>(out_, v.integer());
    }
  }

  void csv(const SqlValue& v) {
    switch (v.type.kind) {
      case TypeKind::Null:
      case TypeKind::Boolean: e.call<&abi::mr_out_csv_bool>(out_, v.boolean()); return;
      case TypeKind::Float: e.call<&abi::mr_out_csv_float>(out_, v.real()); return;
      case TypeKind::Double: e.call<&abi::mr_out_csv_double>(out_, v.real()); return;
      case TypeKind::Decimal: decimal(v); return;
      case TypeKind::IntervalYearMonth:
      case TypeKind::IntervalDayTime: interval(v); return;
      case TypeKind::String: e.call<&abi::mr_out_csv_string>(out_, string_of(v)); return;
      case TypeKind::Binary: e.call<&abi::mr_out_csv_binary>(out_, string_of(v)); return;
      case TypeKind::Array:
      case TypeKind::Map:
      case TypeKind::Struct:
        e.call<&abi::mr_out_csv_nested>(context_, out_, string_of(sql::as_run(e, context_, v)), sql::code_of(e, v.type));
        return;
      case TypeKind::Date: e.call<&abi::mr_out_csv_date>(out_, v.integer()); return;
      case TypeKind::Timestamp: e.call<&abi::mr_out_csv_timestamp>(context_, out_, v.integer()); return;
      default: e.call<&abi::mr_out_csv_int>(out_, v.integer());
    }
  }

  ir::Emitter& e;
  Pointer<abi::PipelineContext> context_;
  Pointer<abi::OutputBuffer> out_;
  abi::OutputFormat format_;
  std::string pending_;
};

}  // namespace

void PipelineCompiler::finish(Row& row, const pipeline::OutputTarget&) {
  const Schema& schema = query_.query->root->schema;
  abi::OutputFormat format = query_.query->sink.format;
  std::vector<SqlValue> values;  // all of them before the first byte is written: a malformed field abandons the row
  for (uint32_t i = 0; i < schema.size(); ++i) {
    values.push_back(row.column(i));
  }
  RowWriter(e, context_, format).write(values, schema);
}

}  // namespace millrace
