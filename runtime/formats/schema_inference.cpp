#include "runtime/formats/schema_inference.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "runtime/formats/iso_time.h"
#include "runtime/formats/json_token.h"
#include "runtime/formats/line_decoder.h"
#include "runtime/hot/csv.h"

namespace millrace {
namespace {

using abi::FieldType;

/// Hands the rows of a text to `take(std::string_view row)`.
template <typename Take>
void for_each_row(std::string_view text, const LineDecoderOptions& options, Take take) {
  LineDecoder decoder(options);
  if (!text.empty()) std::memcpy(decoder.reserve(text.size()), text.data(), text.size());
  decoder.commit(text.size());
  abi::LineBlock block;
  while (decoder.next_block(&block, true)) {
    for (int64_t row = 0; row < block.row_count; ++row) {
      if (block.row_flags[row] & abi::kRowTooLong) continue;
      take(std::string_view(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]));
    }
  }
}

bool is_number(FieldType type) { return type == FieldType::Int || type == FieldType::BigInt || type == FieldType::Double; }

/// The tightest type that takes the values of both.
FieldType common_type(FieldType a, FieldType b) {
  if (a == b) return a;
  if (!is_number(a) || !is_number(b)) return FieldType::String;
  return a == FieldType::Double || b == FieldType::Double ? FieldType::Double : FieldType::BigInt;
}

void widen(std::optional<FieldType>* type, FieldType value) { *type = *type ? common_type(**type, value) : value; }

/// Of one csv value that is not NULL, in the order of Spark's lattice.
FieldType csv_type_of(const std::string& text) {
  const std::string padded = text + std::string(64, '\0');  // the reading functions look that far ahead
  const abi::StringRef field{padded.data(), static_cast<int64_t>(text.size())};
  int64_t integer;
  double number;
  bool flag;
  if (abi::mr_csv_read_int(&field, INT32_MIN, INT32_MAX, &integer) == abi::kReadValue) return FieldType::Int;
  if (abi::mr_csv_read_int(&field, INT64_MIN, INT64_MAX, &integer) == abi::kReadValue) return FieldType::BigInt;
  if (abi::mr_csv_read_double(&field, &number) == abi::kReadValue) return FieldType::Double;
  if (text.find(':') != std::string::npos && parse_iso_timestamp(text, nullptr, &integer)) return FieldType::Timestamp;
  if (abi::mr_csv_read_bool(&field, &flag) == abi::kReadValue) return FieldType::Boolean;
  return FieldType::String;
}

class CsvColumns {
 public:
  explicit CsvColumns(const CsvInference& options) : options_(options) {}

  void take(std::string_view row) {
    if (!split_csv_record(row, options_.dialect, &fields_)) return;
    if (first_) {
      first_ = false;
      name_columns();
      if (options_.header) return;
    }
    for (size_t i = 0; i < std::min(fields_.size(), types_.size()); ++i) {
      if (!fields_[i].empty() && fields_[i] != options_.null_value) widen(&types_[i], csv_type_of(fields_[i]));
    }
  }

  std::vector<InferredColumn> columns() const {
    std::vector<InferredColumn> columns;
    for (size_t i = 0; i < names_.size(); ++i) columns.push_back({names_[i], types_[i].value_or(FieldType::String)});
    return columns;
  }

 private:
  void name_columns() {
    types_.resize(fields_.size());
    for (size_t i = 0; i < fields_.size(); ++i) {
      const bool named = options_.header && !fields_[i].empty();
      names_.push_back(named ? fields_[i] : "_c" + std::to_string(i));
    }
  }

  const CsvInference& options_;
  bool first_ = true;
  std::vector<std::string> fields_;
  std::vector<std::string> names_;
  std::vector<std::optional<FieldType>> types_;
};

/// Whether an integer token fits BIGINT.
FieldType integer_type_of(std::string_view digits) {
  int64_t ignored;
  const char* end = digits.data() + digits.size();
  return std::from_chars(digits.data(), end, ignored).ec == std::errc{} ? FieldType::BigInt : FieldType::Double;
}

/// NULL says nothing about a type.
std::optional<FieldType> json_type_of(const JsonToken& token) {
  switch (token.kind) {
    case JsonKind::Null: return std::nullopt;
    case JsonKind::True:
    case JsonKind::False: return FieldType::Boolean;
    case JsonKind::Integer: return integer_type_of(token.text);
    case JsonKind::Decimal: return FieldType::Double;
    default: return FieldType::String;
  }
}

class JsonColumns {
 public:
  void take(std::string_view row) {
    if (!is_strict_json_object(row)) return;
    const char* end = row.data() + row.size();
    const char* p = skip_json_blanks(row.data(), end) + 1;
    for (p = skip_json_blanks(p, end); *p != '}'; p = skip_json_blanks(p, end)) {
      if (*p == ',') p = skip_json_blanks(p + 1, end);
      const JsonToken key = scan_json_value(p, end, &p);
      p = skip_json_blanks(p, end) + 1;  // the colon
      const JsonToken value = scan_json_value(p, end, &p);
      add(key, value);
    }
  }

  std::vector<InferredColumn> columns() const {
    std::vector<InferredColumn> columns;
    for (const Column& column : columns_) columns.push_back({column.name, column.type.value_or(FieldType::String)});
    return columns;
  }

 private:
  struct Column {
    std::string name;
    std::optional<FieldType> type;
  };

  void add(const JsonToken& key, const JsonToken& value) {
    std::string name(key.text);
    if (key.escaped) name.resize(static_cast<size_t>(decode_json_string(key.text, name.data()) - name.data()));
    auto column = std::find_if(columns_.begin(), columns_.end(), [&](const Column& c) { return c.name == name; });
    if (column == columns_.end()) column = columns_.insert(column, Column{std::move(name), std::nullopt});
    const std::optional<FieldType> type = json_type_of(value);
    if (type) widen(&column->type, *type);
  }

  std::vector<Column> columns_;
};

}  // namespace

std::vector<InferredColumn> infer_csv_schema(std::string_view text, const CsvInference& options) {
  LineDecoderOptions lines;
  lines.format = abi::Format::Csv;
  lines.delimiter = options.dialect.delimiter;
  lines.quote = options.dialect.quote;
  lines.escape = options.dialect.escape;
  CsvColumns columns(options);
  for_each_row(text, lines, [&](std::string_view row) { columns.take(row); });
  return columns.columns();
}

std::vector<InferredColumn> infer_json_schema(std::string_view text) {
  JsonColumns columns;
  for_each_row(text, {}, [&](std::string_view row) { columns.take(row); });
  return columns.columns();
}

}  // namespace millrace
