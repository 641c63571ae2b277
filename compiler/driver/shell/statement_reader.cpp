#include "compiler/driver/shell/statement_reader.h"

#include <algorithm>

#include "compiler/driver/shell/word_character.h"

namespace millrace {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

void StatementReader::add_line(std::string_view line) {
  text_.append(line);
  text_ += '\n';
}

std::optional<StatementReader::Piece> StatementReader::next() {
  while (at_ < text_.size()) {
    if (quote_ != 0) {
      step_in_quote();
    } else if (comment_depth_ > 0) {
      step_in_comment();
    } else if (text_[at_] == '\\') {
      return take_command();
    } else if (text_[at_] == ';') {
      ++at_;
      if (!is_empty_) return take_statement();
      begin_ = at_;
    } else {
      step();
    }
  }
  return std::nullopt;
}

void StatementReader::step() {
  const char c = text_[at_];
  if (starts_with("--")) {
    at_ = std::min(text_.find('\n', at_), text_.size());
    return;
  }
  if (starts_with("/*")) {
    comment_depth_ = 1;
    at_ += 2;
    return;
  }
  if (c == '\'' || c == '"' || c == '`') {
    quote_ = c;
    has_escapes_ = c == '\'' && opens_escape_string();
  }
  is_empty_ = is_empty_ && is_blank(c);
  if (is_empty_) begin_ = at_ + 1;
  ++at_;
}

/// A doubled quote closes and opens again.
void StatementReader::step_in_quote() {
  if (has_escapes_ && text_[at_] == '\\') {
    at_ = std::min(at_ + 2, text_.size());
    return;
  }
  if (text_[at_] == quote_) quote_ = 0;
  ++at_;
}

void StatementReader::step_in_comment() {
  if (starts_with("*/")) {
    --comment_depth_;
    at_ += 2;
  } else if (starts_with("/*")) {
    ++comment_depth_;
    at_ += 2;
  } else {
    ++at_;
  }
}

bool StatementReader::opens_escape_string() const {
  if (at_ == begin_ || (text_[at_ - 1] | 0x20) != 'e') return false;
  return at_ - 1 == begin_ || !is_word(text_[at_ - 2]);
}

StatementReader::Piece StatementReader::take_statement() {
  Piece piece;
  piece.span = {static_cast<uint32_t>(begin_), static_cast<uint32_t>(at_)};
  begin_ = at_;
  is_empty_ = true;
  return piece;
}

/// The command is blanked out: it may stand within a statement that goes on behind it.
StatementReader::Piece StatementReader::take_command() {
  const size_t end = std::min(text_.find('\n', at_), text_.size());
  Piece piece;
  piece.is_command = true;
  piece.command = text_.substr(at_ + 1, end - at_ - 1);
  while (!piece.command.empty() && (is_blank(piece.command.back()) || piece.command.back() == ';')) piece.command.pop_back();
  std::fill(text_.begin() + static_cast<ptrdiff_t>(at_), text_.begin() + static_cast<ptrdiff_t>(end), ' ');
  at_ = end;
  return piece;
}

std::optional<StatementReader::Piece> StatementReader::take_unfinished() {
  if (is_empty_) return std::nullopt;
  quote_ = 0;
  comment_depth_ = 0;
  return take_statement();
}

void StatementReader::drop_unfinished() {
  quote_ = 0;
  comment_depth_ = 0;
  is_empty_ = true;
  at_ = begin_ = text_.size();
}

char StatementReader::waits_for() const {
  if (quote_ != 0) return quote_;
  if (comment_depth_ > 0) return '*';
  return is_empty_ ? '\0' : ';';
}

}  // namespace millrace
