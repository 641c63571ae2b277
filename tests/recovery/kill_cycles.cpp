#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/recovery/process.h"
#include "tests/recovery/scenarios.h"

/// Kills millrace at random moments, starts it again, and compares what it leaves with what it leaves when nobody does.
///
///   kill_cycles MILLRACE KILLS [SEED]
///
/// KILLS of each scenario, in as many jobs as that takes. Exit status 1 and what went wrong when an output differs.
namespace millrace::recovery {

namespace fs = std::filesystem;

int patience_ms(const Setting& setting, int most) {
  constexpr int kLeast = 5;
  constexpr int kBeginning = 60;
  const bool is_short = (*setting.random)() % 2 == 0;
  return kLeast + static_cast<int>((*setting.random)() % static_cast<uint64_t>((is_short ? kBeginning : most) - kLeast));
}

std::string problem_of_checkpoints(const std::string& folder, const std::string& log) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".tmp") return "; there is an unfinished '" + entry.path().filename().string() + "'";
  }
  const std::string said = read_file(log);
  for (const char* words : {"damaged", "cannot be used", "no checkpoint in"}) {
    if (said.find(words) != std::string::npos) return std::string("; a run said '") + words + "'";
  }
  return {};
}

namespace {

struct Scenario {
  const char* name;
  Outcome (*run)(const Setting&, int);
  int kills_of_job;
};
constexpr Scenario kScenarios[] = {{"file to groups and join", &run_files, 12},
                                   {"folder to windows to folder", &run_folders, 20},
                                   {"durable socket to file", &run_socket, 20}};

bool run_scenario(const Scenario& scenario, const std::string& millrace, int kills, std::mt19937_64& random) {
  int done = 0;
  for (int job = 0; done < kills; ++job) {
    std::string folder = (fs::temp_directory_path() / "millrace_recovery_XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) return false;
    const Setting setting{millrace, folder, job % 2 + 1, &random};
    const Outcome outcome = scenario.run(setting, std::min(scenario.kills_of_job, kills - done));
    done += outcome.kills;
    if (!outcome.problem.empty()) {
      printf("FAILED %s, job %d (in %s): %s\n", scenario.name, job, folder.c_str(), outcome.problem.c_str());
      return false;
    }
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    if (outcome.kills == 0 && job > kills * 4) break;  // a machine that is too quick to be interrupted
  }
  printf("passed %s: %d kills\n", scenario.name, done);
  fflush(stdout);
  return true;
}

}  // namespace

}  // namespace millrace::recovery

int main(int count, char** words) {
  if (count < 3) {
    fprintf(stderr, "usage: kill_cycles MILLRACE KILLS [SEED]\n");
    return 2;
  }
  const uint64_t seed = count > 3 ? std::strtoull(words[3], nullptr, 10)
                                  : static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  printf("seed %llu\n", static_cast<unsigned long long>(seed));
  fflush(stdout);
  std::mt19937_64 random(seed);
  bool passed = true;
  for (const auto& scenario : millrace::recovery::kScenarios) {
    passed &= millrace::recovery::run_scenario(scenario, words[1], std::atoi(words[2]), random);
  }
  return passed ? 0 : 1;
}
