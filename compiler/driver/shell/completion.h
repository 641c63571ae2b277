#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/analysis/session.h"

namespace millrace {

/// What the end of a line may become.
struct Completion {
  size_t word_size = 0;                 ///< bytes at the line's end that are replaced
  std::vector<std::string> candidates;  ///< sorted, each once
};

/// Completes keywords (in the letter case that was begun), functions, names of relations and, behind `t.` or anywhere, columns.
class Completer {
 public:
  explicit Completer(Session& session);

  Completion complete(std::string_view line) const;

 private:
  std::vector<std::string> columns_of(const std::string& relation) const;

  Session& session_;
  std::vector<std::string> keywords_;
  std::vector<std::string> functions_;
};

/// What all of them begin with, without regard to letter case; spelled as the first.
std::string common_prefix(const std::vector<std::string>& words);

}  // namespace millrace
