#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/output_buffer.h"
#include "runtime/base/clock.h"
#include "runtime/base/status.h"

namespace millrace {

namespace abi {
struct TupleBuffer;
}

/// What a connector needs of the job that it is part of.
struct ConnectorContext {
  const std::atomic<int>* stop_requests = nullptr;  ///< not owned; non-zero: waits end early
  std::function<void(std::string_view)> notice;     ///< a line for standard error, e.g. that a connection was lost; may be empty

  int64_t deadline_ns = INT64_MAX;                  ///< steady clock: the job ends then

  bool stopping() const {
    if (stop_requests != nullptr && stop_requests->load(std::memory_order_relaxed) != 0) return true;
    return deadline_ns != INT64_MAX && steady_clock_ns() >= deadline_ns;
  }
};

/// What one read gave.
struct ReadResult {
  enum class Kind : uint8_t {
    Data,       ///< `bytes` were written to the buffer
    Nothing,    ///< nothing came within the timeout
    NextFile,   ///< what follows is another file: a csv header stands there again
    BatchEnd,   ///< a scripted input wants the batch to end here
    End,        ///< nothing will come any more
    Failed,
    CutOff,     ///< the line begun last will not come to its end: the connection that it came by broke. What was given of it is no row
  };

  Kind kind = Kind::Nothing;
  size_t bytes = 0;
  Status status;
  /// Of Data, from a source of many files: the file. Owned by the source, until the next read.
  std::string_view origin = {};

  static ReadResult data(size_t bytes, std::string_view origin = {}) { return {Kind::Data, bytes, {}, origin}; }
  static ReadResult nothing() { return {Kind::Nothing, 0, {}, {}}; }
  static ReadResult next_file() { return {Kind::NextFile, 0, {}, {}}; }
  static ReadResult batch_end() { return {Kind::BatchEnd, 0, {}, {}}; }
  static ReadResult end() { return {Kind::End, 0, {}, {}}; }
  static ReadResult cut_off() { return {Kind::CutOff, 0, {}, {}}; }
  static ReadResult failed(Status status) { return {Kind::Failed, 0, std::move(status), {}}; }
};

/// What is left of the file at hand when it can be read by place as well.
struct FileRest {
  int fd = -1;        ///< for pread; the source's
  int64_t begin = 0;  ///< bytes from the file's begin: the place of the source's next read
  int64_t end = 0;    ///< the file's size as it is now
  std::string path;   ///< for messages
};

/// Where a stream's or a table's bytes come from. Used by one thread: open or resume, then read until End or Failed. Lines of different files or
/// senders are never joined: a last line without its `\n` gets one, or is given up as CutOff.
class Source {
 public:
  virtual ~Source() = default;

  /// May wait, e.g. for the other side to accept.
  virtual Status open() = 0;
  /// Waits up to `timeout_us` for bytes; 0 looks only, negative waits as long as it takes (yet notices a stop request).
  virtual ReadResult read(std::span<char> buffer, int64_t timeout_us) = 0;
  /// Whether everything is there already, as in a file: then a batch is a number of rows rather than what has arrived.
  virtual bool is_bulk() const = 0;
  /// Of what others add to (a folder): all that was there when it was last looked for has been given.
  virtual bool has_given_all() const { return false; }
  /// A descriptor that becomes readable when read() would give something, or -1 when there is none.
  virtual int readiness_fd() const { return -1; }
  /// The place behind the last byte given, for `resume` of another one in another process; nothing: what was read cannot be read again.
  virtual std::optional<std::string> position() const { return std::nullopt; }
  /// In place of open: goes on from a place.
  virtual Status resume(std::string_view) { return open(); }
  /// The rest of a plain file, which several threads may then read at once, while nobody calls `read`; nothing: there is only `read`.
  virtual std::optional<FileRest> file_rest() const { return std::nullopt; }
  /// What is before this place of the file was read by other means. `in_line`: the place is not the begin of a line.
  virtual Status pass_to(int64_t /*place*/, bool /*in_line*/) { return Status::error("this source has no places to go to"); }
  /// What its place relies on outlasts a failure of the machine once this returns. May be called in a copy of the process.
  virtual Status make_lasting() const { return {}; }
  /// Nobody will go on from a place before this one.
  virtual void release(std::string_view) {}
  /// What it has received, or is about to keep, beside what was given.
  virtual int64_t memory_bytes() const { return 0; }
  /// Whether it says itself where batches end (BatchEnd), as tests do: the clock then ends none.
  virtual bool is_scripted() const { return false; }
};

/// Rows of one batch: text in the sink's format, or tuples.
struct SinkBatch {
  const abi::OutputBuffer* rows = nullptr;
  int64_t batch_id = 0;
  bool has_banner = true;  ///< a streaming query's table is headed by its batch number
  abi::TupleBuffer* tuples = nullptr;  ///< of a materialized view: the rows, in place of text
  const std::function<void(const std::vector<char*>&)>* copy_rows = nullptr;  ///< see MaterializedView
};

enum class SinkOutcome : uint8_t {
  Written,
  ReaderGone,  ///< nobody reads any more (a closed pipe): the query ends, without an error
  Failed,
};

struct SinkResult {
  SinkOutcome outcome = SinkOutcome::Written;
  Status status;  ///< of Failed
  bool may_pass = false;  ///< of Failed: nothing of the batch is there, and the same write may work later
};

/// Where a query's rows go. Used by the query's thread: open or resume, a write for each batch, close.
class Sink {
 public:
  virtual ~Sink() = default;

  virtual Status open() = 0;
  /// The place behind what was written, for `resume` of another one in another process; nothing: what was written cannot be taken back.
  virtual std::optional<std::string> position() const { return std::nullopt; }
  /// In place of open: takes back what was written behind that place.
  virtual Status resume(std::string_view) { return open(); }
  /// What was written up to now outlasts a failure of the machine once this returns. May be called in a copy of the process.
  virtual Status make_lasting() const { return {}; }
  /// Rows of a batch whose text it has a use for; of further ones it only wants the number. -1: all.
  virtual int64_t rows_wanted() const = 0;
  virtual SinkResult write(const SinkBatch& batch) = 0;
  /// Of what waits for its readers.
  virtual int64_t memory_bytes() const { return 0; }
  /// Makes what was written lasting; the last call.
  virtual Status close() = 0;
};

}  // namespace millrace
