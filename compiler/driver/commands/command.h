#pragma once

#include <span>

#include "compiler/driver/command_line.h"

namespace millrace {

/// A subcommand of `millrace`: what it takes, and what it does with it. `run` gives the exit status; it may throw UsageError.
struct Command {
  const CommandRule& rule;
  int (*run)(const Arguments& arguments);
};

// One for each file of this folder; the table in main.cpp lists them.
extern const Command kRunCommand;
extern const Command kReplayCommand;
extern const Command kExplainCommand;
extern const Command kBenchCommand;
extern const Command kCheckCommand;
extern const Command kTestCommand;
extern const Command kShellCommand;
extern const Command kDemoCommand;
extern const Command kGenCommand;
extern const Command kFunctionsCommand;
extern const Command kConnectorsCommand;
extern const Command kFormatsCommand;

}  // namespace millrace
