#include <algorithm>

#include "runtime/connectors/kept_lines.h"
#include "runtime/engine/query_runner.h"
#include "runtime/engine/source_reader.h"

/// What becomes of the lines that queries could not decode, or dropped because they were late.
namespace millrace {

void keep_bad_rows(const SourceReader& reader, const abi::LineBlock& block, const std::string& origin, const std::vector<QueryRunner*>& readers) {
  for (const QueryRunner* query : readers) query->keep_late_rows(block);
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

void QueryRunner::keep_late_rows(const abi::LineBlock& block) const {
  if (bad_rows_.late.empty() || options_.kept_lines == nullptr) return;
  std::vector<int64_t> rows = bad_rows_.late;
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  for (const int64_t row : rows) {
    std::string text(block.base + block.row_begin[row], block.row_end[row] - block.row_begin[row]);
    options_.kept_lines->add(query_.late_table, {std::move(text), context_.watermark_us});
  }
}

}  // namespace millrace
