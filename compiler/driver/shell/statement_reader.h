#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/base/source_span.h"

namespace millrace {

/// Cuts what is typed, line by line, into statements and commands. A statement ends at its `;`, wherever the lines end; a command is a `\` outside of
/// quotes and comments and what follows on its line. All text stays, so that a later error can point at an earlier declaration.
class StatementReader {
 public:
  struct Piece {
    bool is_command = false;
    SourceSpan span;      ///< of a statement, in text(); its `;` is the last byte unless the text ended before
    std::string command;  ///< `watch 1 10`
  };

  /// A line without its end.
  void add_line(std::string_view line);
  /// The next piece that is whole; nothing when further lines are needed.
  std::optional<Piece> next();
  /// The statement that is not finished, as it stands: what `\watch` runs, or the end of the text.
  std::optional<Piece> take_unfinished();
  /// Forgets the statement that is not finished.
  void drop_unfinished();

  /// For the prompt: 0 between statements, `;` within one, else the quote that is open, `*` in a comment.
  char waits_for() const;
  const std::string& text() const { return text_; }

 private:
  void step();
  void step_in_quote();
  void step_in_comment();
  bool starts_with(std::string_view piece) const { return std::string_view(text_).substr(at_).starts_with(piece); }
  bool opens_escape_string() const;
  Piece take_command();
  Piece take_statement();

  std::string text_;
  size_t begin_ = 0;        ///< of the statement in hand
  size_t at_ = 0;           ///< read up to here
  char quote_ = 0;
  bool has_escapes_ = false;  ///< of the string in hand: E'…'
  int comment_depth_ = 0;
  bool is_empty_ = true;    ///< nothing but blanks and comments so far
};

}  // namespace millrace
