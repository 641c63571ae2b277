#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/source_span.h"

namespace millrace {

/// The text of one `.sql` file (after `${NAME}` substitution) and its line table. Immutable once built.
class SourceText {
 public:
  struct Position {
    uint32_t line = 1;    ///< from 1
    uint32_t column = 1;  ///< in characters (code points), from 1
  };

  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view slice(SourceSpan span) const;
  Position position(uint32_t offset) const;
  /// The text of a line (from 1) without its end-of-line characters.
  std::string_view line(uint32_t number) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<uint32_t> line_starts_;
};

}  // namespace millrace
