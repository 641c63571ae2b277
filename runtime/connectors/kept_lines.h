#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"

namespace millrace {

class SnapshotReader;
class SnapshotWriter;

/// Lines that went wrong, kept in memory as tables that can be queried: `stream$errors` (a record each) and `query$late` (the line itself, or of a query over several streams a record of the stream's name and the line, with the watermark
/// that it had missed). Of each table the latest lines are kept, within bounds. Any thread.
class KeptLines {
 public:
  /// Of one table, whatever the number of its lines.
  static constexpr size_t kMostBytes = size_t{64} << 20;

  struct Line {
    std::string text;
    int64_t watermark_us = 0;  ///< of late lines
  };
  struct Table {
    std::deque<Line> lines;
    size_t bytes = 0;
    int64_t lost = 0;  ///< kept no more
  };

  explicit KeptLines(int64_t most_lines) : most_lines_(most_lines) {}

  void add(const std::string& table, Line line);
  Table table(const std::string& name) const;
  int64_t memory_bytes() const;

  void snapshot(const std::string& table, SnapshotWriter& writer) const;
  void restore(const std::string& table, SnapshotReader& reader);

 private:
  const int64_t most_lines_;
  mutable std::mutex mutex_;  ///< of what follows
  std::map<std::string, Table> tables_;
};

/// What is kept under the name of `spec`, as it stands, in the format of `spec`. Tells if that is not all that there was.
std::unique_ptr<Source> read_kept_lines(const KeptLines& kept, const abi::SourceSpec& spec, const ConnectorContext& context);

}  // namespace millrace
