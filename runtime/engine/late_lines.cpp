#include <algorithm>
#include <string>
#include <string_view>

#include "runtime/connectors/kept_lines.h"
#include "runtime/engine/query_runner.h"
#include "runtime/engine/source_reader.h"
#include "runtime/formats/output_buffer.h"
#include "runtime/hot/output.h"

/// What becomes of the lines that queries could not decode, or dropped because they were late.
namespace millrace {

namespace {

/// The members of a record, as there is none to which the stream's name could be added.
std::string record_of(std::string_view stream, std::string_view line) {
  abi::OutputBuffer out = make_output_buffer();
  const auto add = [&out](std::string_view member, std::string_view value) {
    const abi::StringRef string{value.data(), static_cast<int64_t>(value.size())};
    abi::mr_out_bytes(&out, member.data(), static_cast<int64_t>(member.size()));
    abi::mr_out_json_string(&out, &string);
  };
  add("{\"source\":", stream);
  add(",\"text\":", line);
  std::string record(out.data, static_cast<size_t>(out.size));
  free_output_buffer(&out);
  return record + "}";
}

}  // namespace

void keep_bad_rows(const SourceReader& reader, int32_t source, const abi::LineBlock& block, const std::string& origin, const std::vector<QueryRunner*>& readers) {
  for (const QueryRunner* query : readers) query->keep_late_rows(source, block);
  if (!reader.keeps_dead_letters()) return;
  std::vector<int64_t> rows;
  for (const QueryRunner* query : readers) rows.insert(rows.end(), query->bad_rows().begin(), query->bad_rows().end());
  const Status kept = reader.keep_bad_rows(block, rows, origin);
  for (QueryRunner* query : readers) {
    if (!kept.ok() && !query->finished()) query->fail(kept.message());
  }
}

bool notes_rows(const SourceReader& reader, const std::vector<QueryRunner*>& queries) {
  return reader.keeps_dead_letters() || std::any_of(queries.begin(), queries.end(), [](const QueryRunner* query) { return query->notes_late_rows(); });
}

void QueryRunner::keep_late_rows(int32_t source, const abi::LineBlock& block) const {
  if (bad_rows_.late.empty() || options_.kept_lines == nullptr) return;
  std::vector<int64_t> rows = bad_rows_.late;
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (const int64_t row : rows) {
    std::string text(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
    if (inputs_.size() > 1) text = record_of(program_.sources[static_cast<size_t>(source)].name, text);
    options_.kept_lines->add(query_.late_table, {std::move(text), context_.watermark_us});
  }
}

}  // namespace millrace
