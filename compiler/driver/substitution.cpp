#include "compiler/driver/substitution.h"

#include <cstdlib>

namespace millrace {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// One walk over the text, a piece at a time: a comment, a quoted piece's delimiter, a `${…}`, or one byte.
class Substituter {
 public:
  Substituter(std::string_view text, const Variables& variables) : text_(text), variables_(variables) {}

  Substitution run() && {
    result_.text.reserve(text_.size() + 64);
    while (at_ < text_.size()) step();
    return std::move(result_);
  }

 private:
  bool starts_with(std::string_view piece) const { return text_.substr(at_).starts_with(piece); }

  void copy_to(size_t end) {
    result_.text.append(text_.substr(at_, end - at_));
    at_ = end;
  }

  void step() {
    if (starts_with("${")) return replace();
    // A `--` within quotes begins no comment, so quotes are followed; a doubled quote closes and opens again.
    const char c = text_[at_];
    if (quote_ != '\0') {
      if (c == quote_) quote_ = '\0';
    } else if (c == '\'' || c == '"' || c == '`') {
      quote_ = c;
    } else if (starts_with("--")) {
      const size_t end = text_.find('\n', at_);
      return copy_to(end == std::string_view::npos ? text_.size() : end);
    } else if (starts_with("/*")) {
      const size_t end = text_.find("*/", at_ + 2);
      return copy_to(end == std::string_view::npos ? text_.size() : end + 2);
    }
    copy_to(at_ + 1);
  }

  void replace() {
    const size_t begin = at_;
    size_t end = begin + 2;
    while (end < text_.size() && is_name_part(text_[end])) ++end;
    const std::string_view name = text_.substr(begin + 2, end - begin - 2);
    if (name.empty() || !is_name_start(name[0])) return fail(begin, end, "expected a variable's name after '${'");
    const bool has_default = text_.substr(end).starts_with(":-");
    const size_t close = has_default ? text_.find('}', end + 2) : end;
    if (close >= text_.size() || text_[close] != '}') {
      return fail(begin, end, "'${" + std::string(name) + "' is not closed by '}'");
    }
    at_ = close + 1;
    result_.used.emplace(name);
    if (const auto given = variables_.find(name); given != variables_.end()) {
      result_.text += given->second;
    } else if (const char* inherited = std::getenv(std::string(name).c_str()); inherited != nullptr) {
      result_.text += inherited;
    } else if (has_default) {
      result_.text += text_.substr(end + 2, close - end - 2);
    } else {
      report_unset(begin, name);
    }
  }

  void report_unset(size_t begin, std::string_view name) {
    std::vector<std::string> given;
    for (const auto& [known, value] : variables_) given.push_back(known);
    const std::string near = nearest_name(name, given);
    const std::string quoted(name);
    result_.diagnostics.push_back({
        .span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)},
        .message = "the variable '" + quoted + "' is not set" + (near.empty() ? "" : " — did you mean '" + near + "'?"),
        .hint = "give it with --var " + quoted + "=…, in the environment, or a default: ${" + quoted + ":-…}",
    });
  }

  void fail(size_t begin, size_t end, std::string message) {
    result_.diagnostics.push_back({
        .span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
        .message = std::move(message),
        .hint = "write ${NAME} or ${NAME:-default}",
    });
    at_ = end;
  }

  std::string_view text_;
  const Variables& variables_;
  Substitution result_;
  size_t at_ = 0;
  char quote_ = '\0';
};

}  // namespace

Substitution substitute_variables(std::string_view text, const Variables& variables) {
  return Substituter(text, variables).run();
}

}  // namespace millrace
