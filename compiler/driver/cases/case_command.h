#pragma once

#include <string>

#include "compiler/driver/cases/case_file.h"

namespace millrace {

/// Compares the lines of a section with a text: the whole, or (`contains`) each line is to be found, in this order. Rewrites the
/// section instead when it is exact and `update` is set. Gives what is wrong, or nothing.
std::string check_text(CaseSection& section, bool contains, const std::string& text, bool update);

struct CommandCheckOptions {
  std::string folder;       ///< where it runs
  std::string case_folder;  ///< of the `.test` file: `$CASE_FOLDER`
  bool update = false;
};

/// Runs the `---- command` of a case by a shell, `millrace` being this very program, and compares its status and what it printed.
/// `$PORT` is served with the text of `---- serve`, nobody listens at `$CLOSED_PORT`.
std::string check_command(TestCase& test, const CommandCheckOptions& options);

}  // namespace millrace
