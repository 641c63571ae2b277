#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

/// Keeps compiler/DIFFERENCES.md true.
///
///   difference_page MILLRACE ROOT
///
/// Under each `## …: [FILE]` of the page every `### NAME` is a case of FILE, and the lines in its boxes are lines of that case, in this order; every case of FILE has its
/// section; and `millrace test` passes all of them. Exit status 1 and what is wrong otherwise.
namespace millrace::tidy {

namespace {

using Lines = std::vector<std::string>;

struct Section {
  std::string name;
  std::string file;  ///< from the root
  Lines shown;
  size_t line;  ///< of the page
};

Lines lines_of(const std::string& path) {
  Lines lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.empty()) fprintf(stderr, "difference_page: cannot read %s\n", path.c_str());
  return lines;
}

/// The page's sections, each with the file that the heading above it names in brackets.
std::vector<Section> read_page(const std::string& path) {
  std::vector<Section> sections;
  std::string file;
  bool in_box = false;
  size_t number = 0;
  for (const std::string& line : lines_of(path)) {
    ++number;
    const size_t bracket = line.find('[');
    if (line.starts_with("## ") && bracket != std::string::npos) file = line.substr(bracket + 1, line.find(']') - bracket - 1);
    else if (line.starts_with("### ")) sections.push_back({line.substr(4), file, {}, number});
    else if (line.starts_with("```")) in_box = !in_box;
    else if (in_box && !sections.empty()) sections.back().shown.push_back(line);
  }
  return sections;
}

/// The cases of a `.test` file by name, each as its lines.
std::map<std::string, Lines> read_cases(const std::string& path) {
  constexpr std::string_view kMark = "==== case ";
  std::map<std::string, Lines> cases;
  Lines* current = nullptr;
  for (const std::string& line : lines_of(path)) {
    if (line.starts_with(kMark)) current = &cases[line.substr(kMark.size())];
    else if (current) current->push_back(line);
  }
  return cases;
}

/// The first of `shown` that is not found behind those before it, or nullptr.
const std::string* missing_line(const Lines& shown, const Lines& test) {
  auto at = test.begin();
  for (const std::string& line : shown) {
    at = std::find(at, test.end(), line);
    if (at == test.end()) return &line;
    ++at;
  }
  return nullptr;
}

class Check {
 public:
  Check(std::string millrace, std::string root) : millrace_(std::move(millrace)), root_(std::move(root)) {}

  int run() {
    const std::vector<Section> sections = read_page(root_ + "/compiler/DIFFERENCES.md");
    if (sections.empty()) problem("the page has no sections");
    for (const Section& section : sections) {
      if (!files_.contains(section.file)) files_[section.file] = read_cases(root_ + "/" + section.file);
    }
    for (const Section& section : sections) check_section(section);
    for (const auto& [file, cases] : files_) check_file(file, cases, sections);
    if (problems_ == 0) printf("%zu differences hold\n", sections.size());
    return problems_ == 0 ? 0 : 1;
  }

 private:
  void problem(const std::string& text) {
    fprintf(stderr, "compiler/DIFFERENCES.md: %s\n", text.c_str());
    ++problems_;
  }

  void check_section(const Section& section) {
    const auto& cases = files_[section.file];
    const std::string place = "line " + std::to_string(section.line) + ": ";
    const auto found = cases.find(section.name);
    if (found == cases.end()) return problem(place + section.file + " has no case '" + section.name + "'");
    if (section.shown.empty()) return problem(place + "the section shows no line of its case");
    if (const std::string* line = missing_line(section.shown, found->second)) problem(place + "this is not in the case, or not in this order: " + *line);
  }

  void check_file(const std::string& file, const std::map<std::string, Lines>& cases, const std::vector<Section>& sections) {
    for (const auto& [name, lines] : cases) {
      const bool told = std::any_of(sections.begin(), sections.end(), [&](const Section& s) { return s.file == file && s.name == name; });
      if (!told) problem("the case '" + name + "' of " + file + " has no section");
    }
    const std::string report = output_of(millrace_ + " test --verbose " + root_ + "/" + file);
    for (const auto& [name, lines] : cases) {
      const bool passed = report.find(": " + name + "\n") != std::string::npos && report.find("FAILED") == std::string::npos;
      if (!passed) problem("the case '" + name + "' of " + file + " did not pass:\n" + report);
    }
  }

  static std::string output_of(const std::string& command) {
    std::string text;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    while (pipe != nullptr) {
      const size_t got = fread(buffer, 1, sizeof buffer, pipe);
      if (got == 0) break;
      text.append(buffer, got);
    }
    if (pipe != nullptr) pclose(pipe);
    return text;
  }

  std::string millrace_;
  std::string root_;
  std::map<std::string, std::map<std::string, Lines>> files_;
  int problems_ = 0;
};

}  // namespace

}  // namespace millrace::tidy

int main(int count, char** words) {
  if (count == 3) return millrace::tidy::Check(words[1], words[2]).run();
  fprintf(stderr, "usage: difference_page MILLRACE ROOT\n");
  return 2;
}
