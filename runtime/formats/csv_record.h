#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/formats/line_indexer.h"

/// Records of csv: RFC 4180's quoting (a quote inside quotes is doubled), and an escape character besides. A quote counts only as
/// a field's first byte, so that a stray one inside a field stays text and does not swallow the lines that follow.
namespace millrace {

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';
  char escape = '\\';
};

/// One field as it lies in its record.
struct CsvField {
  std::string_view raw;   ///< between the quotes, or up to the delimiter
  std::string_view tail;  ///< what follows the closing quote before the delimiter: kept as it is, normally empty
  bool quoted = false;
  bool escaped = false;   ///< has doubled quotes or escapes
  const char* next = nullptr;  ///< the delimiter or newline that ends it, or the end; nullptr when a quote is not closed
};

CsvField scan_csv_field(const char* p, const char* end, const CsvDialect& dialect);

/// The text that a field stands for; writes to `out`, which has room for raw and tail. Returns the end.
char* unquote_csv_field(const CsvField& field, const CsvDialect& dialect, char* out);

/// All fields of a record, unquoted; false for an open quote.
bool split_csv_record(std::string_view record, const CsvDialect& dialect, std::vector<std::string>* fields);

/// Indexes the whole records at the front of a text and returns how many bytes they have. A record whose quote is not closed waits for
/// more text; when none will come (`at_end`), it has grown beyond line_max, or what would close the quote in a later line has text behind it (so that it
/// opens another field, mostly), its first line alone is a malformed row.
size_t index_csv_records(const LineText& text, const CsvDialect& dialect, bool at_end, LineIndex* index);

}  // namespace millrace
