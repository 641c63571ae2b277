#include "runtime/formats/csv_record.h"

#include <algorithm>
#include <cstring>

namespace millrace {
namespace {

const char* find_byte(const char* p, const char* end, char c) {
  const void* hit = p < end ? std::memchr(p, c, static_cast<size_t>(end - p)) : nullptr;
  return hit == nullptr ? end : static_cast<const char*>(hit);
}

const char* find_field_end(const char* p, const char* end, char delimiter) {
  while (p < end && *p != delimiter && *p != '\n') ++p;
  return p;
}

/// Cuts the text into records, one after the other.
class CsvSweep {
 public:
  CsvSweep(const LineText& text, const CsvDialect& dialect, bool at_end, LineIndex* index)
      : text_(text), end_(text.base + text.size), dialect_(dialect), at_end_(at_end), index_(index) {}

  size_t run() {
    const char* p = text_.base;
    while (p < end_) {
      const char* next = take_record(p);
      if (next == nullptr) break;
      p = next;
    }
    index_->mark_begin()[index_->row_count] = 0;
    return static_cast<size_t>(p - text_.base);
  }

 private:
  /// Returns the first byte after the record, nullptr when it is not whole.
  const char* take_record(const char* p) {
    const char* newline = find_byte(p, end_, '\n');
    if (newline == end_ && !at_end_) return nullptr;
    if (next_quote_ < p) next_quote_ = find_byte(p, end_, dialect_.quote);
    uint8_t flags = 0;
    if (next_quote_ < newline) {
      // Looks no further than a record may reach, so that the answer does not depend on how much text is there.
      const bool whole = at_end_ && static_cast<size_t>(end_ - p) <= text_.line_max + 1;
      const bool undecided = !at_end_ && static_cast<size_t>(end_ - p) < text_.line_max + 2;
      const char* limit = static_cast<size_t>(end_ - p) < text_.line_max + 2 ? end_ : p + text_.line_max + 2;
      bool torn = false;
      const char* record_end = find_record_end(p, limit, newline, &torn);
      const bool ends_here = record_end != nullptr && (record_end != limit || whole);
      if (!ends_here && undecided && !torn) return nullptr;
      if (!ends_here) flags = abi::kRowOpenString;
      if (ends_here) newline = record_end;
    }
    add_row(p, newline, flags);
    const char* next = std::min(newline + 1, end_);
    index_->line_count += std::count(p, next, '\n') + (newline == end_);
    return next;
  }

  /// The newline that ends the record, the limit where it runs on, or nullptr when a quote is open there. `torn`: the quote was left open in the record's
  /// first line, up to `newline`, as the one that would close it further down has text behind it. That one opens a field of a record of its own, mostly.
  const char* find_record_end(const char* p, const char* limit, const char* newline, bool* torn) const {
    for (;;) {
      const CsvField field = scan_csv_field(p, limit, dialect_);
      *torn = field.next != nullptr && field.quoted && field.tail.data() > newline && field.tail.find_first_not_of(" \r") != std::string_view::npos;
      if (*torn) return nullptr;
      if (field.next == nullptr || field.next == limit || *field.next == '\n') return field.next;
      p = field.next + 1;
    }
  }

  void add_row(const char* begin, const char* newline, uint8_t flags) {
    const char* stop = newline - (newline > begin && newline[-1] == '\r');
    if (static_cast<size_t>(stop - begin) > text_.line_max) {  // blank or not: it may have been cut before its end was there
      stop = begin + text_.line_max;
      flags = abi::kRowTooLong;
    } else if (std::all_of(begin, stop, [](char c) { return c == ' ' || c == '\r'; })) {
      return;
    }
    const int64_t row = index_->row_count++;
    if (row == 0) index_->first_row_line = index_->line_count;
    index_->row_begin()[row] = static_cast<uint32_t>(begin - text_.base);
    index_->row_end()[row] = static_cast<uint32_t>(stop - text_.base);
    index_->row_flags()[row] = flags;
    index_->mark_begin()[row] = 0;
  }

  LineText text_;
  const char* end_;
  const CsvDialect& dialect_;
  bool at_end_;
  LineIndex* index_;
  const char* next_quote_ = nullptr;
};

}  // namespace

CsvField scan_csv_field(const char* p, const char* end, const CsvDialect& dialect) {
  CsvField field;
  if (p == end || *p != dialect.quote) {
    field.next = find_field_end(p, end, dialect.delimiter);
    field.raw = {p, static_cast<size_t>(field.next - p)};
    return field;
  }
  field.quoted = true;
  const char* begin = ++p;
  while (p < end) {
    const bool pair = p + 1 < end && (p[1] == dialect.quote || (*p == dialect.escape && p[1] == dialect.escape));
    if (pair && (*p == dialect.escape || *p == dialect.quote)) {
      field.escaped = true;
      p += 2;
      continue;
    }
    if (*p == dialect.quote) break;
    ++p;
  }
  if (p >= end) return field;
  field.raw = {begin, static_cast<size_t>(p - begin)};
  field.next = find_field_end(p + 1, end, dialect.delimiter);
  field.tail = {p + 1, static_cast<size_t>(field.next - p - 1)};
  return field;
}

char* unquote_csv_field(const CsvField& field, const CsvDialect& dialect, char* out) {
  const char* p = field.raw.data();
  const char* end = p + field.raw.size();
  while (p < end) {
    const bool pair = field.quoted && p + 1 < end && (*p == dialect.escape || *p == dialect.quote) &&
                      (p[1] == dialect.quote || (*p == dialect.escape && p[1] == dialect.escape));
    p += pair;
    *out++ = *p++;
  }
  return std::copy(field.tail.begin(), field.tail.end(), out);
}

bool split_csv_record(std::string_view record, const CsvDialect& dialect, std::vector<std::string>* fields) {
  fields->clear();
  const char* p = record.data();
  const char* end = p + record.size();
  for (;;) {
    const CsvField field = scan_csv_field(p, end, dialect);
    if (field.next == nullptr) return false;
    std::string text(field.raw.size() + field.tail.size(), '\0');
    text.resize(static_cast<size_t>(unquote_csv_field(field, dialect, text.data()) - text.data()));
    fields->push_back(std::move(text));
    if (field.next == end) return true;
    p = field.next + 1;
  }
}

size_t index_csv_records(const LineText& text, const CsvDialect& dialect, bool at_end, LineIndex* index) {
  return CsvSweep(text, dialect, at_end, index).run();
}

}  // namespace millrace
