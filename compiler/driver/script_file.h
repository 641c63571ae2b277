#pragma once

#include <optional>
#include <string>

#include "compiler/base/source_text.h"
#include "compiler/driver/substitution.h"

namespace millrace {

/// A script that is ready to be compiled.
struct Script {
  SourceText source;
  std::string base_directory;  ///< absolute: what relative paths in the script are taken from
};

/// Reads a `.sql` file (or `-` for standard input), checks that it is text and replaces its variables. When that cannot be
/// done, says why on standard error and gives nothing.
std::optional<Script> load_script_file(const std::string& path, const Variables& variables);

/// The same for SQL given on the command line; relative paths are taken from the working directory.
std::optional<Script> load_script_text(const std::string& sql, const Variables& variables);

/// The folder of a path, absolute.
std::string directory_of(const std::string& path);

/// The whole of a file; throws UsageError when it cannot be read.
std::string read_text_file(const std::string& path);

/// Reads `NAME=value` of each `--var`; throws UsageError.
Variables parse_variables(const std::vector<std::string>& definitions);

}  // namespace millrace
