#include "compiler/driver/script_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "compiler/driver/command_line.h"

namespace millrace {
namespace {

/// The offset of the first byte that does not belong to well-formed UTF-8 (RFC 3629), or the size.
size_t utf8_valid_length(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
    const unsigned lead = byte(0);
    const auto follows = [&](size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    size_t size = 0;
    if (lead < 0x80) size = 1;
    else if (lead >= 0xC2 && lead < 0xE0 && follows(1)) size = 2;
    else if ((lead & 0xF0u) == 0xE0 && follows(1) && follows(2) && !(lead == 0xE0 && byte(1) < 0xA0) &&
             !(lead == 0xED && byte(1) >= 0xA0)) size = 3;
    else if (lead >= 0xF0 && lead < 0xF5 && follows(1) && follows(2) && follows(3) && !(lead == 0xF0 && byte(1) < 0x90) &&
             !(lead == 0xF4 && byte(1) >= 0x90)) size = 4;
    if (size == 0) return at;
    at += size;
  }
  return at;
}

std::string real_path(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) != nullptr ? buffer : path;
}

std::optional<Script> prepare(std::string name, std::string text, std::string base_directory, const Variables& variables) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const size_t valid = utf8_valid_length(text);
  if (valid < text.size()) {
    const size_t line = 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(valid), '\n'));
    fprintf(stderr, "%s:%zu: error: byte 0x%02X is not UTF-8 — is this a text file?\n", name.c_str(), line,
            static_cast<unsigned char>(text[valid]));
    return std::nullopt;
  }
  if (const size_t zero = text.find('\0'); zero != std::string::npos) {
    fprintf(stderr, "%s: error: the file holds a zero byte — is this a text file?\n", name.c_str());
    return std::nullopt;
  }
  Substitution substituted = substitute_variables(text, variables);
  for (const auto& [variable, value] : variables) {
    if (substituted.used.contains(variable)) continue;
    const std::string near = nearest_name(variable, {substituted.used.begin(), substituted.used.end()});
    fprintf(stderr, "%s: warning: --var %s is not used%s\n", name.c_str(), variable.c_str(),
            near.empty() ? "" : (" — did you mean '" + near + "'?").c_str());
  }
  if (!substituted.diagnostics.empty()) {
    const SourceText source(name, std::move(text));
    for (const Diagnostic& diagnostic : substituted.diagnostics) fputs(render(source, diagnostic).c_str(), stderr);
    return std::nullopt;
  }
  return Script{SourceText(std::move(name), std::move(substituted.text)), std::move(base_directory)};
}

}  // namespace

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return real_path(".");
  return real_path(slash == 0 ? "/" : path.substr(0, slash));
}

std::string read_text_file(const std::string& path) {
  const bool is_stdin = path == "-";
  const int fd = is_stdin ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw UsageError("cannot read '" + path + "': " + strerror(errno));
  struct stat info {};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    close(fd);
    throw UsageError("cannot read '" + path + "': it is a directory");
  }
  std::string text;
  char buffer[16384];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) != 0) {
    if (got > 0) text.append(buffer, static_cast<size_t>(got));
    else if (errno != EINTR) break;
  }
  const int error = got < 0 ? errno : 0;
  if (!is_stdin) close(fd);
  if (error != 0) throw UsageError("cannot read '" + path + "': " + strerror(error));
  return text;
}

std::optional<Script> load_script_file(const std::string& path, const Variables& variables) {
  const bool is_stdin = path == "-";
  return prepare(is_stdin ? "<stdin>" : path, read_text_file(path), is_stdin ? real_path(".") : directory_of(path), variables);
}

std::optional<Script> load_script_text(const std::string& sql, const Variables& variables) {
  return prepare("<command line>", sql, real_path("."), variables);
}

Variables parse_variables(const std::vector<std::string>& definitions) {
  Variables variables;
  for (const std::string& definition : definitions) {
    const size_t equals = definition.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UsageError("option --var takes NAME=value, not '" + definition + "'");
    }
    variables[definition.substr(0, equals)] = definition.substr(equals + 1);
  }
  return variables;
}

}  // namespace millrace
