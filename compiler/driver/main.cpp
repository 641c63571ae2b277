#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

#include "compiler/base/diagnostic.h"
#include "compiler/driver/command_line.h"
#include "compiler/driver/commands/command.h"
#include "compiler/driver/process_setup.h"

#ifndef MILLRACE_VERSION
#define MILLRACE_VERSION "unknown"
#endif

namespace millrace {
namespace {

const Command* const kCommands[] = {
    &kRunCommand,  &kReplayCommand, &kShellCommand,     &kExplainCommand, &kBenchCommand, &kCheckCommand,     &kTestCommand,       &kDemoCommand,
    &kGenCommand,  &kFunctionsCommand, &kConnectorsCommand, &kFormatsCommand,
};

const Command* find_command(std::string_view name) {
  for (const Command* command : kCommands) {
    if (command->rule.name == name) return command;
  }
  return nullptr;
}

[[noreturn]] void throw_unknown(std::string_view name) {
  std::vector<std::string> known;
  for (const Command* command : kCommands) known.emplace_back(command->rule.name);
  const std::string near = nearest_name(name, known);
  throw UsageError("unknown command '" + std::string(name) + "'" + (near.empty() ? "" : " — did you mean '" + near + "'?"),
                   name.ends_with(".sql") ? "to run a file: millrace run " + std::string(name) : "");
}

void print_overview(FILE* out) {
  fputs("Millrace runs streaming SQL: a file of queries becomes one job of native code over live data.\n\n"
        "usage: millrace COMMAND [ARGUMENT…]\n\ncommands:\n", out);
  for (const Command* command : kCommands) {
    fprintf(out, "  %-12.*s%.*s\n", static_cast<int>(command->rule.name.size()), command->rule.name.data(),
            static_cast<int>(command->rule.summary.size()), command->rule.summary.data());
  }
  fputs("  help        explain a command: millrace help run\n"
        "  version     print the version\n\n"
        "exit status: 0 done; 1 a query failed; 2 bad usage, or a file that does not parse or bind\n", out);
}

int print_help(std::span<const char* const> words) {
  if (words.empty()) {
    print_overview(stdout);
    return kExitDone;
  }
  const Command* command = find_command(words[0]);
  if (command == nullptr) throw_unknown(words[0]);
  fputs(usage_text(command->rule).c_str(), stdout);
  return kExitDone;
}

int dispatch(std::span<const char* const> words) {
  if (words.empty()) {
    print_overview(stderr);
    return kExitUsage;
  }
  const std::string_view name = words[0];
  if (name == "help" || name == "--help" || name == "-h") return print_help(words.subspan(1));
  if (name == "version" || name == "--version" || name == "-V") {
    puts("millrace " MILLRACE_VERSION);
    return kExitDone;
  }
  const Command* command = find_command(name);
  if (command == nullptr) throw_unknown(name);
  const Arguments arguments(command->rule, words.subspan(1));
  if (arguments.wants_help()) {
    fputs(usage_text(command->rule).c_str(), stdout);
    return kExitDone;
  }
  return command->run(arguments);
}

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) {
  millrace::set_up_process();
  try {
    const int status = millrace::end_standard_output(millrace::dispatch({argv + 1, static_cast<size_t>(argc > 0 ? argc - 1 : 0)}));
#ifndef MILLRACE_CHECKED
    fflush(nullptr);
    std::_Exit(status);  // see run_script.h; it also spares the walk over what the kernel frees anyway
#endif
    return status;
  } catch (const millrace::UsageError& error) {
    fprintf(stderr, "millrace: error: %s\n", error.message.c_str());
    if (!error.hint.empty()) fprintf(stderr, "hint: %s\n", error.hint.c_str());
    else if (argc > 1) fprintf(stderr, "hint: millrace help tells how it is used\n");
    return millrace::kExitUsage;
  }
}
