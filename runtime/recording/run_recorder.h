#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/connectors/connector.h"
#include "runtime/recording/recording_file.h"

namespace millrace {

/// What a job is made of, apart from what it reads.
struct RecordedJob {
  std::string version;         ///< of the program that ran it
  std::string script_name;
  std::string script;          ///< with its variables replaced
  std::string base_directory;
  std::string format;          ///< of bare queries
  uint64_t random_seed = 0;
};

/// Keeps what a job is given and where its batches were cut, so that it can be run again. Any thread; events have one order for the whole job. When
/// nothing more can be written the job goes on and the recording ends there, which is told once. Before a query computes anything the recording says so and is
/// flushed: a job that crashes leaves one that crashes again.
class RunRecorder {
 public:
  using Notice = std::function<void(std::string_view)>;

  explicit RunRecorder(Notice notice) : notice_(std::move(notice)) {}

  Status open(const std::string& path);
  void job(const RecordedJob& job);
  /// Columns that were found in the file of a table that declares none, as name and type in turn.
  void schema(const std::string& table, const std::vector<std::string>& columns);
  void program(const abi::Program& program);

  /// A query opens its sink and reads its tables.
  void set_up(int32_t query, int64_t wall_us);
  /// What a read of a stream or table gave.
  void received(int32_t source, bool is_table, const ReadResult& result, std::span<const char> buffer);
  /// A query's batch begins; `current_timestamp` is that.
  void began(int32_t query, int64_t wall_us);
  /// A query is about to be fed rows, or they are about to be taken over from a worker.
  void fed(int32_t query, int32_t source, int64_t rows);
  /// A query is about to end its batch; of `ended` streams nothing will come. While what it returns is held no other query's batch ends: so they
  /// print in this order again.
  std::unique_lock<std::mutex> ending(int32_t query, int64_t wall_us, std::span<const int32_t> ended);
  void failed(int32_t query, std::string_view why);
  void finished(int32_t query);
  /// The last call.
  void close();

 private:
  uint64_t put(RecordedEvent event, bool flushes = false);
  void put_with_random(const RecordedEvent& event, bool flushes = false);

  Notice notice_;
  std::mutex mutex_;   ///< of what follows up to the next blank line
  RecordingWriter writer_;
  uint64_t events_ = 0;
  bool is_broken_ = false;

  std::mutex turn_;    ///< of the queries that end a batch
  int64_t started_ns_ = 0;
  uint64_t random_seed_ = 0;
};

/// Of what a job does from its n-th event on, that event's thread draws the same random numbers whenever it is run.
void seed_random_numbers(uint64_t job_seed, uint64_t event_number);

}  // namespace millrace
