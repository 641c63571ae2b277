#pragma once

#include <functional>
#include <string>
#include <vector>

/// A program that is run to be measured.
namespace millrace::bench {

using Words = std::vector<std::string>;

/// What a process took.
struct Cost {
  double seconds = 0;      ///< by the clock on the wall
  double cpu_seconds = 0;  ///< of all its threads, the system's share too
  double megabytes = 0;    ///< the most memory that it had
  double bytes_read = 0;   ///< by system calls, of files and pipes; 0 where the system does not tell
};

struct ChildFiles {
  std::string out = "/dev/null";
  std::string err = "/dev/null";
  std::function<void(int fd)> feed;  ///< writes what the program reads from its standard input; may be empty
};

/// Runs it to its end; ends this program with a message when it fails.
Cost run_child(const Words& words, const ChildFiles& files);

[[noreturn]] void fail(const std::string& what);

double median(std::vector<double> values);

}  // namespace millrace::bench
