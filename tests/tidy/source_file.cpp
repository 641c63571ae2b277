#include "tests/tidy/source_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace millrace::tidy {

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kTopFolders = {"bench", "compiler", "grammar", "queries", "runtime", "tests"};
const std::vector<std::string> kSuffixes = {".h", ".cpp", ".sql", ".g4", ".txt", ".md", ".cmake"};

/// Blanks comments and literals out, line by line; what is open at a line's end is carried over.
class CodeExtractor {
 public:
  std::string line(const std::string& text) {
    std::string code;
    for (size_t i = 0; i < text.size(); ++i) {
      if (in_raw_string_) {
        const size_t end = text.find(raw_end_, i);
        if (end == std::string::npos) return code;
        i = end + raw_end_.size() - 1;
        in_raw_string_ = false;
      } else if (in_comment_) {
        const size_t end = text.find("*/", i);
        if (end == std::string::npos) return code;
        i = end + 1;
        in_comment_ = false;
      } else if (text.compare(i, 2, "//") == 0) {
        return code;
      } else if (text.compare(i, 2, "/*") == 0) {
        in_comment_ = true;
        ++i;
      } else if (text.compare(i, 2, "R\"") == 0 && text.find('(', i) != std::string::npos) {
        const size_t open = text.find('(', i);
        raw_end_ = ")" + text.substr(i + 2, open - i - 2) + "\"";
        in_raw_string_ = true;
        code += "\"\"";
        i = open;
      } else if (text[i] == '"' || (text[i] == '\'' && !is_digit_separator(text, i))) {
        i = end_of_literal(text, i);
        code += "\"\"";
      } else {
        code += text[i];
      }
    }
    return code;
  }

 private:
  static bool is_digit_separator(const std::string& text, size_t at) {
    return at > 0 && std::isxdigit(static_cast<unsigned char>(text[at - 1])) != 0;
  }
  static size_t end_of_literal(const std::string& text, size_t begin) {
    for (size_t i = begin + 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == text[begin]) {
        return i;
      }
    }
    return text.size();
  }

  bool in_comment_ = false;
  bool in_raw_string_ = false;
  std::string raw_end_;
};

SourceFile read_file(const fs::path& path, const std::string& relative) {
  SourceFile file;
  file.path = relative;
  std::ifstream in(path);
  CodeExtractor extractor;
  for (std::string line; std::getline(in, line);) {
    if (file.is_cpp()) file.code.push_back(extractor.line(line));
    file.lines.push_back(std::move(line));
  }
  return file;
}

bool is_source(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](const std::string& s) { return has_suffix(name, s); });
}

}  // namespace

bool SourceFile::is_cpp() const { return has_suffix(path, ".h") || has_suffix(path, ".cpp"); }

std::string SourceFile::folder() const {
  const size_t first = path.find('/');
  const size_t second = first == std::string::npos ? first : path.find('/', first + 1);
  return path.substr(0, second == std::string::npos ? first : second);
}

bool has_suffix(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

bool has_prefix(const std::string& text, const std::string& prefix) { return text.compare(0, prefix.size(), prefix) == 0; }

std::vector<SourceFile> read_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (const std::string& top : kTopFolders) {
    const fs::path folder = fs::path(root) / top;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      files.push_back(read_file(entry.path(), fs::relative(entry.path(), root).generic_string()));
    }
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace millrace::tidy
