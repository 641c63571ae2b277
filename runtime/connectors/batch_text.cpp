#include "runtime/connectors/batch_text.h"

#include <charconv>

#include "runtime/connectors/connector_options.h"

namespace millrace {

namespace {

constexpr int64_t kDefaultTruncate = 20;
constexpr int64_t kDefaultRows = 20;

/// `false` cuts nothing, `true` is the default, else a number of characters.
int64_t truncate_option(const abi::Options& options) {
  std::string_view text = text_option(options, "truncate");
  if (text.size() == 5 && (text[0] | 0x20) == 'f') return 0;
  return integer_option(options, "truncate", kDefaultTruncate);
}

std::string csv_field(std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

BatchText::BatchText(const abi::QuerySpec& query) : format_(query.sink.format) {
  std::string_view header = text_option(query.sink.options, "header", "true");
  has_header_ = format_ == abi::OutputFormat::Csv && (header[0] | 0x20) == 't';
  for (const abi::OutputColumn& column : query.columns) column_names_.push_back(column.name);
  if (format_ != abi::OutputFormat::Table) return;
  layout_.truncate = truncate_option(query.sink.options);
  rows_wanted_ = integer_option(query.sink.options, "rows", kDefaultRows);
}

std::string BatchText::header() const {
  if (!has_header_) return {};
  std::string line;
  for (std::string_view name : column_names_) {
    if (!line.empty()) line += ',';
    line += csv_field(name);
  }
  return line + '\n';
}

std::string_view BatchText::render(const SinkBatch& batch) {
  const abi::OutputBuffer& rows = *batch.rows;
  if (format_ != abi::OutputFormat::Table) return {rows.data, static_cast<size_t>(rows.size)};
  text_.clear();
  if (batch.has_banner) text_ = batch_banner(batch.batch_id);
  text_ += render_table(column_names_, rows, layout_);
  return text_;
}

}  // namespace millrace
