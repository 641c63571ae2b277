#include "tests/tidy/function_lengths.h"

#include <cctype>
#include <regex>

namespace millrace::tidy {

namespace {

enum class Opened { Scope, Function, Other };

struct Brace {
  Opened kind = Opened::Other;
  size_t first_line = 0;
};

bool is_scope(const std::string& text) {
  static const std::regex scope(R"((^|\s)(namespace|struct|class|union|enum|extern ""))");
  return std::regex_search(text, scope) && (text.find(')') == std::string::npos || text.find("alignas") != std::string::npos);
}

bool is_function(const std::string& text) {
  static const std::regex declarator(R"(\)\s*(const|noexcept|override|final|mutable|&|\s)*(->[^=]*)?$)");
  static const std::regex constructor(R"(\)\s*(noexcept)?\s*:[^:])");
  return std::regex_search(text, declarator) || std::regex_search(text, constructor);
}

class BraceWalk {
 public:
  BraceWalk(const SourceFile& file, size_t lines_max) : file_(file), lines_max_(lines_max) {}

  std::vector<Finding> run() {
    for (line_ = 0; line_ < file_.code.size(); ++line_) {
      const std::string& code = file_.code[line_];
      if (!code.empty() && code[0] == '#') continue;
      for (const char c : code) step(c);
      text_ += ' ';
    }
    return std::move(findings_);
  }

 private:
  void step(char c) {
    if (c == '{') {
      open_.push_back({kind(), text_line_});
      forget();
    } else if (c == '}') {
      close();
      forget();
    } else if (c == ';') {
      forget();
    } else {
      const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
      if (text_.empty() && !blank) text_line_ = line_;
      if (!text_.empty() || !blank) text_ += c;
    }
  }
  Opened kind() const {
    if (!open_.empty() && open_.back().kind != Opened::Scope) return Opened::Other;
    if (is_scope(text_)) return Opened::Scope;
    return is_function(text_) ? Opened::Function : Opened::Other;
  }
  void close() {
    if (open_.empty()) return;
    const Brace brace = open_.back();
    open_.pop_back();
    const size_t lines = line_ - brace.first_line + 1;
    if (brace.kind != Opened::Function || lines <= lines_max_) return;
    findings_.push_back({file_.path, brace.first_line + 1, "a function of " + std::to_string(lines) + " lines"});
  }
  void forget() {
    text_.clear();
    text_line_ = line_;
  }

  const SourceFile& file_;
  size_t lines_max_;
  size_t line_ = 0;
  std::string text_;  ///< since the last brace or semicolon
  size_t text_line_ = 0;
  std::vector<Brace> open_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_function_lengths(const SourceFile& file, size_t lines_max) {
  return BraceWalk(file, lines_max).run();
}

}  // namespace millrace::tidy
