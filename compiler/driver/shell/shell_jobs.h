#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/shell/background_job.h"
#include "compiler/driver/shell/console.h"
#include "runtime/connectors/kept_lines.h"
#include "runtime/state/materialized_view.h"

namespace millrace {

/// The streaming queries of a shell, running and ended, by name. The shell's thread.
class ShellJobs {
 public:
  /// `console` outlives it.
  explicit ShellJobs(Console& console) : console_(console) {}

  MaterializedViews& views() { return views_; }
  KeptLines& kept_lines() { return kept_lines_; }

  /// Runs the one query of a program in the background. A query of the same name that has ended is forgotten; one that is to be replaced
  /// (a materialized view of the same name) is stopped.
  void start(abi::Program program);
  /// Waits for the batch in hand. False when no query has the name.
  bool stop(std::string_view name);
  /// Drops a view's rows, and its query with them.
  void drop_view(int64_t view_id);
  /// Waits until the query, or with an empty name every one, has ended, or an interrupt comes. False when no query has the name.
  bool wait(std::string_view name, const std::atomic<int>& interrupts);
  void stop_all();

  const BackgroundJob* find(std::string_view name) const;
  std::vector<std::string> names() const;
  /// The numbers of the views whose query runs.
  std::vector<int64_t> running_views() const;
  /// SHOW QUERIES.
  std::vector<std::vector<std::string>> report() const;
  static std::vector<std::string> report_header();
  /// Whether a query has failed since the shell began.
  bool any_failed() const { return any_failed_.load(); }

 private:
  std::string free_name(const abi::QuerySpec& query);
  void forget(const BackgroundJob* job);

  Console& console_;
  MaterializedViews views_;
  KeptLines kept_lines_{abi::Program().max_kept_lines};
  std::atomic<bool> any_failed_ = false;
  std::vector<std::unique_ptr<BackgroundJob>> jobs_;  ///< in order of their start
};

/// Standard output as the queries of a shell share it, in the foreground and behind: rows go through the console.
std::unique_ptr<Sink> make_shell_sink(const abi::QuerySpec& query, Console& console);

}  // namespace millrace
