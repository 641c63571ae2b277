#include "runtime/formats/table_layout.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "runtime/hot/output.h"

namespace millrace {
namespace {

constexpr int64_t kWidthMin = 3;

/// A character of UTF-8 text. Bytes that are no UTF-8 count as one character each.
struct Character {
  uint32_t code_point;
  size_t size;
};

Character character_at(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t size = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  if (size == 1 || at + size > text.size()) return {lead, 1};
  uint32_t code_point = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return {lead, 1};
    code_point = code_point << 6 | (next & 0x3f);
  }
  return {code_point, size};
}

/// Java's length of a character: UTF-16 code units.
int64_t utf16_units(uint32_t code_point) { return code_point > 0xffff ? 2 : 1; }

/// The East-Asian characters for which Spark reckons with two columns.
bool is_wide(uint32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6);
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

int64_t text_length(std::string_view text) {
  if (is_ascii(text)) return static_cast<int64_t>(text.size());
  int64_t length = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    length += utf16_units(character.code_point);
    at += character.size;
  }
  return length;
}

/// Columns that a text fills on the screen, as Spark counts.
int64_t text_width(std::string_view text) {
  if (is_ascii(text)) return static_cast<int64_t>(text.size());
  int64_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    width += utf16_units(character.code_point) + is_wide(character.code_point);
    at += character.size;
  }
  return width;
}

/// The first `length` UTF-16 units; a character that would be halved is left out.
std::string_view text_prefix(std::string_view text, int64_t length) {
  size_t at = 0;
  while (at < text.size()) {
    const Character character = character_at(text, at);
    length -= utf16_units(character.code_point);
    if (length < 0) break;
    at += character.size;
  }
  return text.substr(0, at);
}

std::string cut_cell(std::string_view text, int64_t truncate) {
  if (truncate <= 0 || text_length(text) <= truncate) return std::string(text);
  if (truncate < 4) return std::string(text_prefix(text, truncate));
  return std::string(text_prefix(text, truncate - 3)) + "...";
}

/// A text with its width on the screen.
struct Cell {
  std::string text;
  int64_t width;
};

Cell make_cell(std::string text) {
  const int64_t width = text_width(text);
  return {std::move(text), width};
}

std::vector<Cell> read_cells(const abi::OutputBuffer& rows, int64_t truncate) {
  std::vector<Cell> cells;
  const char* p = rows.data;
  const char* end = p + rows.size;
  while (p < end) {
    uint32_t size;
    std::memcpy(&size, p, sizeof size);
    p += sizeof size;
    if (size == abi::kNullCell) {
      cells.push_back(make_cell("NULL"));
      continue;
    }
    cells.push_back(make_cell(cut_cell({p, size}, truncate)));
    p += size;
  }
  return cells;
}

/// Writes the lines of one table, whose columns have their widths.
class TableWriter {
 public:
  TableWriter(std::vector<int64_t> widths, bool right_aligned) : widths_(std::move(widths)), right_aligned_(right_aligned) {}

  void rule() {
    text_ += '+';
    for (const int64_t width : widths_) {
      text_.append(static_cast<size_t>(width), '-');
      text_ += '+';
    }
    text_ += '\n';
  }

  void row(const Cell* cells) {
    text_ += '|';
    for (size_t column = 0; column < widths_.size(); ++column) {
      const auto padding = static_cast<size_t>(widths_[column] - cells[column].width);
      if (right_aligned_) text_.append(padding, ' ');
      text_ += cells[column].text;
      if (!right_aligned_) text_.append(padding, ' ');
      text_ += '|';
    }
    text_ += '\n';
  }

  std::string& text() { return text_; }

 private:
  std::vector<int64_t> widths_;
  bool right_aligned_;
  std::string text_;
};

std::vector<int64_t> column_widths(const std::vector<Cell>& header, const std::vector<Cell>& cells) {
  std::vector<int64_t> widths;
  for (const Cell& name : header) widths.push_back(std::max(kWidthMin, name.width));
  for (size_t i = 0; i < cells.size(); ++i) {
    int64_t& width = widths[i % widths.size()];
    width = std::max(width, cells[i].width);
  }
  return widths;
}

}  // namespace

std::string batch_banner(int64_t batch_id) {
  const std::string dashes = std::string(43, '-') + '\n';
  return dashes + "Batch: " + std::to_string(batch_id) + '\n' + dashes;
}

std::string render_table(std::span<const std::string_view> column_names, const abi::OutputBuffer& rows,
                         const TableLayoutOptions& options) {
  std::vector<Cell> header;
  for (const std::string_view name : column_names) header.push_back(make_cell(std::string(name)));
  const std::vector<Cell> cells = read_cells(rows, options.truncate);
  TableWriter table(column_widths(header, cells), options.truncate > 0);
  table.rule();
  table.row(header.data());
  table.rule();
  for (size_t first = 0; first + header.size() <= cells.size(); first += header.size()) table.row(&cells[first]);
  table.rule();
  const auto shown = static_cast<int64_t>(cells.size() / std::max<size_t>(1, header.size()));
  if (rows.row_count > shown) {
    table.text() += "only showing top " + std::to_string(shown) + (shown == 1 ? " row\n" : " rows\n");
  }
  table.text() += '\n';
  return std::move(table.text());
}

}  // namespace millrace
