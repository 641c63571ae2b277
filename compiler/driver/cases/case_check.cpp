#include "compiler/driver/cases/case_check.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "compiler/base/letter_case.h"
#include "compiler/driver/cases/case_command.h"
#include "compiler/driver/cases/case_job.h"
#include "compiler/driver/cases/case_options.h"
#include "compiler/driver/cases/final_rows.h"
#include "compiler/driver/cases/text_diff.h"
#include "compiler/driver/command_line.h"
#include "compiler/driver/compile_query.h"
#include "compiler/driver/environment.h"

namespace millrace {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

/// A folder that is removed with its content.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = (fs::temp_directory_path() / "millrace_case_XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string bytes_of_hex(const Lines& lines) {
  std::string bytes;
  for (const std::string& line : lines) {
    for (size_t i = 0; i + 1 < line.size(); i += 2) {
      while (i + 1 < line.size() && line[i] == ' ') ++i;
      bytes.push_back(static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16)));
    }
  }
  return bytes;
}

bool has_results(const TestCase& test) {
  return test.find("expect") != nullptr || test.find("final") != nullptr || test.find("failure") != nullptr || test.find("output") != nullptr;
}

/// One case at work: collects what is wrong.
class CaseChecker {
 public:
  CaseChecker(TestCase& test, const CaseCheckOptions& options) : test_(test), options_(options) {}

  std::string run() {
    const Result<CaseOptions> case_options = parse_case_options(test_);
    if (!case_options) return case_options.error().message() + "\n";
    case_options_ = *case_options;
    write_files();
    if (test_.find("command") != nullptr) {
      problems_ += check_command(test_, {.folder = folder_.path().string(),
                                          .case_folder = fs::absolute(options_.file_path).parent_path().string(),
                                          .update = options_.update});
    }
    if (const CaseSection* sql = test_.find("sql")) check_sql(*sql);
    check_outputs();
    return problems_;
  }

 private:
  void problem(const std::string& what, const std::string& details) { problems_ += what + "\n" + details; }

  void write_files() {
    for (const CaseSection* section : test_.all("file")) {
      const bool hex = section->argument.ends_with(" hex");
      const std::string name = hex ? section->argument.substr(0, section->argument.size() - 4) : section->argument;
      std::ofstream file(folder_.path() / name, std::ios::binary);
      file << (hex ? bytes_of_hex(section->lines) : join_lines(section->lines));
    }
  }

  std::optional<Script> script_of(const CaseSection& sql) {
    if (!sql.argument.empty()) {
      const fs::path path = fs::path(options_.file_path).parent_path() / sql.argument;
      return load_script_file(path.lexically_normal().string(), {});
    }
    Substitution text = substitute_variables(join_lines(sql.lines), {});
    if (!text.diagnostics.empty()) return std::nullopt;
    return Script{SourceText("case.sql", std::move(text.text)), folder_.path().string()};
  }

  void check_sql(const CaseSection& sql) {
    const std::optional<Script> script = script_of(sql);
    if (!script) return problem("the SQL cannot be read", "");
    for (CaseSection* section : test_.all("explain")) check_explain(*section, *script);
    CaseJob job;
    if (options_.way.restart) job.restart_folder = (restart_folder_.path() / "checkpoints").string();
    for (const CaseSection* section : test_.all("input")) job.inputs[lower_case(section->argument)] = batch_texts(*section);
    const bool runs = has_results(test_);
    const bool compiles = test_.find("error") || test_.find("warning");
    if (!runs && !compiles) {
      if (!test_.find("explain") && !test_.find("command")) problem("nothing is expected of the SQL", "");
      return;
    }

    CompiledCase compiled(*script, case_options_.format, options_.way.threads);
    CaseOutcome outcome = compiled.run(job);
    check_diagnostics(outcome);
    if (!runs) return;
    if (!outcome.compiled) return problem("it does not compile:", outcome.diagnostics);
    check_failure(outcome);
    check_batches(outcome);
    if (!case_options_.batch_rows.empty() || test_.find("final") != nullptr) check_final(*script, compiled, job, outcome);
  }

  static std::vector<std::string> batch_texts(const CaseSection& section) {
    std::vector<std::string> texts;
    for (const NumberedLines& batch : split_batches(section.lines)) texts.push_back(join_lines(batch.lines));
    if (!texts.empty() && texts.front().empty()) texts.erase(texts.begin());
    return texts;
  }

  void check_explain(CaseSection& section, const Script& script) {
    const bool contains = section.argument.ends_with(" contains");
    const std::string stage_name = section.argument.substr(0, section.argument.find(' '));
    const Stage stage = stage_name == "ast" ? Stage::Ast : stage_name == "logical" ? Stage::Logical : Stage::Physical;
    const Explained explained = explain_script(script.source, make_environment(script.base_directory, "json"), stage);
    std::string text = explained.text;
    for (const Diagnostic& diagnostic : explained.diagnostics) text += render(script.source, diagnostic);
    problems_ += check_text(section, contains, text, options_.update);
  }

  void check_diagnostics(const CaseOutcome& outcome) {
    for (const char* kind : {"error", "warning"}) {
      CaseSection* section = test_.find(kind);
      if (section == nullptr) continue;
      const bool wants_error = section->kind == "error";
      if (wants_error == outcome.compiled) {
        problem(wants_error ? "it compiles, but an error is expected" : "it does not compile:", outcome.diagnostics);
      }
      problems_ += check_text(*section, section->argument == "contains", outcome.diagnostics, options_.update);
    }
  }

  void check_failure(const CaseOutcome& outcome) {
    CaseSection* section = test_.find("failure");
    if (section != nullptr) {
      problems_ += check_text(*section, section->argument == "contains", outcome.failure, options_.update);
    } else if (!outcome.failure.empty()) {
      problem("it fails:", outcome.failure);
    }
  }

  /// The k-th section without a name belongs to the k-th query.
  const CapturedQuery* query_of(const CaseSection& section, size_t& next, const CaseOutcome& outcome) {
    if (section.argument.empty()) return next < outcome.queries.size() ? &outcome.queries[next++] : nullptr;
    const auto found = std::ranges::find(outcome.queries, section.argument, &CapturedQuery::name);
    return found == outcome.queries.end() ? nullptr : &*found;
  }

  void check_batches(const CaseOutcome& outcome) {
    size_t next = 0;
    for (CaseSection* section : test_.all("expect")) {
      const CapturedQuery* query = query_of(*section, next, outcome);
      if (query == nullptr) {
        problem("there is no query for section 'expect " + section->argument + "'", "");
        continue;
      }
      std::vector<NumberedLines> expected = split_batches(section->lines);
      std::vector<NumberedLines> actual;
      for (const CapturedBatch& batch : query->batches) actual.push_back({batch.number, batch.lines});
      if (options_.update) {
        section->lines = with_markers(actual);
        continue;
      }
      if (case_options_.unordered) {
        for (NumberedLines& batch : expected) std::ranges::sort(batch.lines);
        for (NumberedLines& batch : actual) std::ranges::sort(batch.lines);
      }
      const std::string difference = diff_lines(with_markers(expected), with_markers(actual));
      if (!difference.empty()) problem("the batches of " + query->name + " differ (- expected, + actual):", difference);
    }
  }

  /// Batches that show nothing are left out; a first batch that is the only one needs no mark.
  static Lines with_markers(std::vector<NumberedLines> batches) {
    std::erase_if(batches, [](const NumberedLines& batch) { return batch.lines.empty(); });
    if (batches.size() == 1 && batches[0].number == 0) return batches[0].lines;
    Lines lines;
    for (const NumberedLines& batch : batches) {
      lines.push_back("---- batch " + std::to_string(batch.number));
      lines.insert(lines.end(), batch.lines.begin(), batch.lines.end());
    }
    return lines;
  }

  /// The result must not depend on where batches are cut.
  void check_final(const Script& script, CompiledCase& compiled, CaseJob job, CaseOutcome& first) {
    const bool writes_changes = case_options_.format == "changelog" || case_options_.format == "debezium";
    std::optional<CompiledCase> as_json;
    if (case_options_.format != "json" && !writes_changes) first = as_json.emplace(script, "json", options_.way.threads).run(job);
    CompiledCase& compared = as_json ? *as_json : compiled;
    size_t next = 0;
    for (CaseSection* section : test_.all("final")) {
      const CapturedQuery* query = query_of(*section, next, first);
      const Lines actual = query == nullptr ? Lines{} : final_rows(*query, case_options_.keys);
      Lines expected = section->lines;
      if (options_.update) {
        section->lines = actual;
        continue;
      }
      std::ranges::sort(expected);
      const std::string difference = diff_lines(expected, actual);
      if (!difference.empty()) problem("the final rows differ (- expected, + actual):", difference);
    }
    for (auto& [name, batches] : job.inputs) {
      std::string all;
      for (const std::string& batch : batches) all += batch;
      batches = {all};
    }
    for (const int64_t rows : case_options_.batch_rows) check_at(compared, job, rows, first);
  }

  void check_at(CompiledCase& compiled, CaseJob& job, int64_t batch_rows, const CaseOutcome& first) {
    job.batch_rows = batch_rows;
    const CaseOutcome again = compiled.run(job);
    const std::string size = batch_rows == 0 ? "greedy batches" : "batches of " + std::to_string(batch_rows) + " rows";
    if (!again.failure.empty()) problem("with " + size + " it fails:", again.failure);
    for (size_t i = 0; i < first.queries.size() && i < again.queries.size(); ++i) {
      const std::string difference =
          diff_lines(final_rows(first.queries[i], case_options_.keys), final_rows(again.queries[i], case_options_.keys));
      if (!difference.empty()) problem("with " + size + " the final rows of " + first.queries[i].name + " differ:", difference);
    }
  }

  /// Files that sinks or commands wrote.
  void check_outputs() {
    for (CaseSection* section : test_.all("output")) {
      std::ifstream file(folder_.path() / section->argument, std::ios::binary);
      if (!file) {
        problem("nothing wrote the file '" + section->argument + "'", "");
        continue;
      }
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      problems_ += check_text(*section, false, text, options_.update);
    }
  }

  TestCase& test_;
  const CaseCheckOptions& options_;
  CaseOptions case_options_;
  ScratchFolder folder_;
  ScratchFolder restart_folder_;  ///< apart from the case's own files
  std::string problems_;
};

}  // namespace

bool depends_on_way(const TestCase& test) { return test.find("sql") != nullptr && has_results(test); }

std::string check_case(TestCase& test, const CaseCheckOptions& options) {
  try {
    return CaseChecker(test, options).run();
  } catch (const UsageError& error) {
    return error.message + "\n";
  } catch (const std::exception& error) {
    return std::string("the case threw: ") + error.what() + "\n";
  }
}

}  // namespace millrace
