#include "compiler/base/diagnostic.h"

#include <algorithm>

namespace millrace {

namespace {

const char* severity_word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Note:
      return "note";
  }
  return "error";
}

/// The length in bytes of the character that starts with `lead`; 1 for a byte that starts none.
size_t character_bytes(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  if (byte >= 0xC0) return 2;
  return 1;
}

char32_t decode_character(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t code = lead & (0xFFU >> (bytes.size() + 1));
  for (size_t i = 1; i < bytes.size(); ++i) code = (code << 6U) | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
  return code;
}

/// The terminal columns of a character: 2 for East Asian wide ones and emoji, 0 for combining marks, else 1.
int display_width(char32_t c) {
  const bool combining = (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F);
  if (combining) return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

/// Repeats `mark` below each character of `text`. Tabs stay tabs when padding, so that carets line up at any tab width.
std::string underline(std::string_view text, char mark) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const size_t bytes = std::min(character_bytes(text[i]), text.size() - i);
    if (text[i] == '\t' && mark == ' ') {
      out += '\t';
    } else {
      out.append(static_cast<size_t>(display_width(decode_character(text.substr(i, bytes)))), mark);
    }
    i += bytes;
  }
  return out;
}

}  // namespace

std::string render(const SourceText& source, const Diagnostic& diagnostic) {
  const auto [number, column] = source.position(diagnostic.span.begin);
  std::string out = source.name() + ':' + std::to_string(number) + ':' + std::to_string(column) + ": " +
                    severity_word(diagnostic.severity) + ": " + diagnostic.message + '\n';
  const std::string_view line = source.line(number);
  const size_t line_begin = line.data() == nullptr ? 0 : static_cast<size_t>(line.data() - source.text().data());
  const size_t begin =
      std::min<size_t>(diagnostic.span.begin - std::min<size_t>(line_begin, diagnostic.span.begin), line.size());
  const size_t span_bytes = diagnostic.span.end > diagnostic.span.begin ? diagnostic.span.end - diagnostic.span.begin : 0;
  const size_t marked_bytes = std::min(span_bytes, line.size() - begin);
  std::string carets = underline(line.substr(begin, marked_bytes), '^');
  if (carets.empty()) carets = "^";
  out.append("  ").append(line).append("\n  ").append(underline(line.substr(0, begin), ' ')).append(carets).append("\n");
  if (!diagnostic.hint.empty()) out.append("hint: ").append(diagnostic.hint).append("\n");
  return out;
}

}  // namespace millrace
