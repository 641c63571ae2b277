#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::tidy {

/// A file of the tree, by lines.
struct SourceFile {
  std::string path;                ///< from the root of the tree, with '/'
  std::vector<std::string> lines;  ///< as written
  std::vector<std::string> code;   ///< of C++: the same lines with comments and the insides of literals blanked out

  bool is_cpp() const;
  /// The first two parts of the path, such as `compiler/plan`.
  std::string folder() const;
};

/// A house rule that a line breaks.
struct Finding {
  std::string path;
  size_t line = 0;  ///< from 1; 0: the whole file
  std::string rule;
};

/// Reads the project's own text files below `root`, in order of path; build trees and hidden folders are left out.
std::vector<SourceFile> read_tree(const std::string& root);

bool has_suffix(const std::string& text, const std::string& suffix);
bool has_prefix(const std::string& text, const std::string& prefix);

}  // namespace millrace::tidy
