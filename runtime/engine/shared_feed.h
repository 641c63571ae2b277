#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/engine/query_runner.h"
#include "runtime/engine/source_reader.h"
#include "runtime/engine/worker_team.h"

namespace millrace {

/// Lines that were read and are not fed yet, or fed in part.
struct HeldLines {
  std::unique_ptr<LineChunk> chunk;  ///< indexed, with its line numbers
  int64_t next_row = 0;
};

/// Chunks of one input: those that wait, in order, and those that may be used again.
struct ChunkShelf {
  std::deque<HeldLines> held;
  std::vector<std::unique_ptr<LineChunk>> spare;
  std::optional<SourceReader::Outcome> after_held;  ///< what the source said behind the last of those that wait
};

/// Feeds rows of one source to its queries by all workers of a team. A worker takes the next lines from the reader, one worker at a time, or
/// claims a range of a file and reads that; it indexes and computes them side by side with the others, and hands over what came of them when
/// all lines before have been; so the bytes stay in one processor's cache, nobody waits for a queue, and every result is the one that a single
/// worker gives. Queries whose rows cannot be shared out compute theirs in that last step.
///
/// Ends when a batch of one of the queries is full, when the source has nothing more at the moment, or by its bounds. Used once.
class SharedFeed {
 public:
  struct Bounds {
    int64_t rows_max = INT64_MAX;
    int64_t bytes_max = INT64_MAX;            ///< what a worker has begun is finished, so that it may be a little more
    std::function<bool()> should_stop;        ///< asked before each read, by one worker at a time
  };

  SharedFeed(WorkerTeam& team, SourceReader& reader, int32_t source, std::vector<QueryRunner*> queries, ChunkShelf& shelf);

  /// What ended it: Rows when there may be more.
  SourceReader::Outcome run(const Bounds& bounds);
  int64_t rows_fed() const { return rows_placed_.load(std::memory_order_relaxed); }

 private:
  /// Lines in a worker's hands.
  struct Turn {
    int64_t number = 0;
    HeldLines lines;
    bool is_new = false;  ///< its lines have no numbers yet
    std::optional<LineRanges::Range> range;  ///< where they are still to be read
  };

  SourceReader::Outcome take_first();
  void work(int32_t worker);
  bool take(int32_t worker, Turn* turn);
  SourceReader::Outcome read(LineChunk* chunk);
  std::unique_ptr<LineChunk> empty_chunk(int32_t worker);
  void number_lines(LineChunk& chunk);
  int64_t place(Turn& turn);
  void hand_over(int32_t worker, const Turn& turn, int64_t to);
  bool claim(std::unique_ptr<LineChunk> chunk, Turn* turn);
  void read_range(const Turn& turn);
  void put_away(int32_t worker, Turn turn, int64_t fed_until);
  SourceReader::Outcome end_reading();

  WorkerTeam& team_;
  SourceReader& reader_;
  int32_t source_;
  std::vector<QueryRunner*> queries_;
  ChunkShelf& shelf_;
  Bounds bounds_;

  std::mutex reading_;  ///< of the members up to the next blank line, of the reader and of the shelf
  int64_t next_number_ = 0;
  int64_t bytes_taken_ = 0;
  bool stopped_ = false;
  std::unique_ptr<LineRanges> ranges_;  ///< set once
  Status failure_;                      ///< of a range
  SourceReader::Outcome outcome_ = SourceReader::Outcome::Rows;
  std::vector<Turn> left_over_;

  int64_t row_budget_ = 0;
  int64_t next_line_ = 1;                 ///< by whose turn `place_turn_` is
  std::atomic<int64_t> rows_placed_ = 0;  ///< rows that have been given to workers; written by whose turn `place_turn_` is
  std::atomic<bool> is_over_ = false;     ///< every query has ended, or one wants no more shares
  std::atomic<int64_t> place_turn_ = 0;   ///< number of the lines whose rows are placed next
  std::atomic<int64_t> hand_turn_ = 0;    ///< number of the lines that are handed over next
};

}  // namespace millrace
