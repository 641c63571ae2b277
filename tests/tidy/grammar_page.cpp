#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

/// Keeps the generated parts of grammar/README.md equal to what the grammar's files say.
///
///   grammar_page FOLDER            exit status 1 and what to do when the page is out of date
///   grammar_page FOLDER --update   rewrites these parts
///
/// A part stands between two lines `<!-- generated: NAME … -->` and `<!-- end -->`: `reserved` the reserved words, `rules` the parser's rules by section, in the
/// grammar's own layout, with tokens as users write them, and the lexer's names and literals.
namespace millrace::tidy {

namespace {

/// Tokens whose spelling the lexer grammar tells in words only.
const std::map<std::string, std::string> kSecondMeanings = {
    {"ARRAY_LITERAL", "ARRAY"}, {"EXCEPT_COLUMNS", "EXCEPT"}, {"INTERVAL_SIGN", "('+' | '-')"}, {"LIKE_ANY", "(ANY | SOME)"}, {"NAMED_WINDOW", "WINDOW"}, {"STREAM_WINDOW", "WINDOW"},
    {"SHIFT_RIGHT", "'>'"}, {"TABLE_QUERY", "TABLE"}, {"TRIM_SIDE", "(BOTH | LEADING | TRAILING)"}, {"UNIT", "unit"}, {"WITH_OPTIONS", "WITH"}, {"ZONED", "(WITH | WITHOUT)"}, {"EOF", ""}};

/// A rule of either grammar: `body` is what stands between the colon and the semicolon, as it is laid out.
struct Rule {
  std::string name;
  std::string body;
  std::string remark;  ///< the `///` lines in front of it
  std::string section;
};

[[noreturn]] void fail(const std::string& message) {
  fprintf(stderr, "grammar_page: %s\n", message.c_str());
  exit(1);
}

std::string read_text(const std::string& path) {
  std::ifstream in(path);
  if (!in) fail("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string trimmed(const std::string& text) {
  const size_t from = text.find_first_not_of(" \n");
  return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(" \n") - from + 1);
}

/// Where the literal or character class that begins at `at` ends.
size_t end_of_quoted(const std::string& text, size_t at) {
  const char closing = text[at] == '[' ? ']' : '\'';
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == closing) return i + 1;
  }
  return text.size();
}

/// The position of `sign` outside of literals, from `at`.
size_t find_sign(const std::string& text, char sign, size_t at = 0) {
  while (at < text.size() && text[at] != sign) at = text[at] == '\'' || text[at] == '[' ? end_of_quoted(text, at) : at + 1;
  return at < text.size() ? at : std::string::npos;
}

/// The rules of a grammar, whose rules begin in the first column and end with a semicolon.
class GrammarReader {
 public:
  explicit GrammarReader(const std::string& text) : lines_(lines_of(text)) {}

  std::vector<Rule> read() {
    for (at_ = 0; at_ < lines_.size(); ++at_) read_line(lines_[at_]);
    return std::move(rules_);
  }

 private:
  void read_line(const std::string& line) {
    if (line.starts_with("/*")) {
      while (at_ < lines_.size() && lines_[at_].find("*/") == std::string::npos) ++at_;
    } else if (line.starts_with("// ----")) {
      section_ = trimmed(line.substr(7, line.rfind("----") - 7));
    } else if (line.starts_with("/// ")) {
      remark_ += (remark_.empty() ? "" : " ") + line.substr(4);
    } else if (line.starts_with("tokens")) {
      while (at_ < lines_.size() && lines_[at_] != "}") ++at_;
    } else if (!line.empty() && std::isalpha(static_cast<unsigned char>(line[0])) && !is_setting(line)) {
      read_rule();
    }
  }

  static bool is_setting(const std::string& line) {
    return line.starts_with("parser grammar") || line.starts_with("lexer grammar") || line.starts_with("options");
  }

  void read_rule() {
    std::string text = lines_[at_];
    while (find_sign(text, ';') == std::string::npos) {
      if (++at_ == lines_.size()) fail("a rule has no end: " + text);
      text += '\n' + lines_[at_];
    }
    const size_t colon = find_sign(text, ':'), end = find_sign(text, ';', colon);
    Rule rule{.name = trimmed(text.substr(0, colon)), .body = text.substr(colon + 1, end - colon - 1), .remark = remark_, .section = section_};
    const size_t behind = text.find("// ", end);
    if (behind != std::string::npos) rule.remark = text.substr(behind + 3);
    remark_.clear();
    rules_.push_back(std::move(rule));
  }

  std::vector<std::string> lines_;
  size_t at_ = 0;
  std::string section_;
  std::string remark_;
  std::vector<Rule> rules_;
};

/// Writes the parser's rules with tokens as they are typed.
class RuleWriter {
 public:
  RuleWriter(const std::vector<Rule>& parser, const std::vector<Rule>& lexer) {
    for (const Rule& rule : parser) parser_rules_.insert(rule.name);
    for (const Rule& rule : lexer) {
      const std::string text = trimmed(rule.body);
      if (rule.section != "signs") literals_.insert(rule.name);
      else signs_[rule.name] = text.find(" | ") == std::string::npos ? text : '(' + text + ')';
    }
  }

  std::string body(const std::string& text) const {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      if (std::isalpha(static_cast<unsigned char>(text[at]))) {
        size_t end = at;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
        const std::string word = text.substr(at, end - at);
        at = end;
        if (text.compare(at, 1, "=") == 0) ++at;  // a label of what follows
        else if (text.compare(at, 2, "+=") == 0) at += 2;
        else out += token(word);
      } else if (text[at] == '#') {  // a name of the alternative
        at = std::min(text.find('\n', at), text.size());
        out.erase(out.find_last_not_of(' ') + 1);
      } else {
        out += text[at++];
      }
    }
    return out;
  }

 private:
  std::string token(const std::string& word) const {
    if (word.starts_with("K_")) return word.substr(2);
    if (parser_rules_.contains(word) || literals_.contains(word)) return word;
    if (const auto sign = signs_.find(word); sign != signs_.end()) return sign->second;
    if (const auto meaning = kSecondMeanings.find(word); meaning != kSecondMeanings.end()) return meaning->second;
    fail("the token " + word + " is not explained; add it to kSecondMeanings");
  }

  std::set<std::string> parser_rules_;
  std::set<std::string> literals_;
  std::map<std::string, std::string> signs_;
};

/// `name : body` in a line, or as it is laid out in several.
std::string shown(const std::string& name, const std::string& body) {
  if (trimmed(body).find('\n') == std::string::npos) return name + " : " + trimmed(body) + '\n';
  std::string text = name + "\n  :";
  for (const std::string& line : lines_of(body)) {
    const std::string kept = line.substr(0, line.find_last_not_of(' ') + 1);
    if (!kept.empty()) text += kept + '\n';
  }
  return text;
}

std::string rules_part(const std::vector<Rule>& parser, const std::vector<Rule>& lexer) {
  const RuleWriter writer(parser, lexer);
  std::string text;
  std::string section = "none";
  for (const Rule& rule : parser) {
    if (rule.section != section) {
      if (section != "none") text += "```\n\n";
      section = rule.section;
      text += "**" + (section.empty() ? "a script" : section) + "**\n\n```\n";
    }
    if (!rule.remark.empty()) text += "// " + rule.remark + '\n';
    text += shown(rule.name, writer.body(rule.body));
  }
  text += "```\n\n**names and literals**\n\n```\n";
  for (const Rule& rule : lexer) {
    if (rule.section != "names and literals" || rule.name == "BAD_NUMBER") continue;
    std::string line = shown(rule.name, rule.body);
    if (!rule.remark.empty()) line = line.substr(0, line.size() - 1) + "   // " + rule.remark + '\n';
    text += line;
  }
  return text + "```\n";
}

std::string reserved_part(const std::vector<Rule>& parser) {
  const auto rule = std::ranges::find(parser, "reserved", &Rule::name);
  if (rule == parser.end()) fail("the grammar has no rule 'reserved'");
  std::istringstream in(rule->body);
  std::string text;
  size_t width = 0;
  for (std::string word; in >> word;) {
    if (word == "|") continue;
    word = word.substr(2);
    const bool breaks = width + word.size() > 120;
    text += text.empty() ? "" : breaks ? "\n" : " ";
    width = breaks ? word.size() : width + word.size() + 1;
    text += word;
  }
  return text + '\n';
}

/// The page with what stands between the marks of `name` replaced.
std::string with_part(const std::string& page, const std::string& name, const std::string& part) {
  const size_t mark = page.find("<!-- generated: " + name + ' ');
  const size_t from = mark == std::string::npos ? mark : page.find('\n', mark) + 1;
  const size_t to = mark == std::string::npos ? mark : page.find("<!-- end -->", from);
  if (to == std::string::npos) fail("the page has no lines '<!-- generated: " + name + " … -->' and '<!-- end -->'");
  return page.substr(0, from) + part + page.substr(to);
}

int run(const std::string& folder, bool update) {
  const std::vector<Rule> parser = GrammarReader(read_text(folder + "/MillraceParser.g4")).read();
  const std::vector<Rule> lexer = GrammarReader(read_text(folder + "/MillraceLexer.g4")).read();
  const std::string path = folder + "/README.md";
  const std::string page = read_text(path);
  const std::string wanted = with_part(with_part(page, "reserved", reserved_part(parser)), "rules", rules_part(parser, lexer));
  if (wanted == page) return 0;
  if (update) {
    std::ofstream(path) << wanted;
    return 0;
  }
  const auto is = lines_of(page), should_be = lines_of(wanted);
  const auto [first, other] = std::ranges::mismatch(is, should_be);
  fprintf(stderr, "%s:%zu is not what the grammar says; `cmake --build build --target update_grammar_page` writes it anew\n- %s\n+ %s\n", path.c_str(),
          static_cast<size_t>(first - is.begin()) + 1, first == is.end() ? "" : first->c_str(), other == should_be.end() ? "" : other->c_str());
  return 1;
}

}  // namespace

}  // namespace millrace::tidy

int main(int count, char** words) {
  const bool update = count == 3 && std::string(words[2]) == "--update";
  if (count == 2 || update) return millrace::tidy::run(words[1], update);
  fprintf(stderr, "usage: grammar_page FOLDER [--update]\n");
  return 2;
}
