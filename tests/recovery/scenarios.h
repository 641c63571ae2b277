#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace millrace::recovery {

/// How to run a scenario.
struct Setting {
  std::string millrace;  ///< the program
  std::string folder;    ///< an empty one, for everything that the scenario makes
  int threads = 1;
  std::mt19937_64* random = nullptr;
};

/// What came of it.
struct Outcome {
  int kills = 0;
  std::string problem;  ///< empty: the output is that of a run that nobody interrupts
};

/// How long to let a process live: half of them only as long as it takes to begin and to go on from a checkpoint.
int patience_ms(const Setting& setting, int most);

/// What is wrong with a folder of checkpoints behind a run that ended well, and with what the runs before said; empty: nothing.
std::string problem_of_checkpoints(const std::string& folder, const std::string& log);

/// One job from its beginning to its end, killed at random moments and started again each time, at most `kills_max` times.
Outcome run_files(const Setting& setting, int kills_max);      ///< file -> aggregation, and join with a table -> files
Outcome run_folders(const Setting& setting, int kills_max);    ///< directory -> windows -> directory
Outcome run_socket(const Setting& setting, int kills_max);     ///< durable socket -> file

}  // namespace millrace::recovery
