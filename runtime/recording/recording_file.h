#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace millrace {

/// What happened in a job, in the order in which it did; README.md says which of the members each kind has.
struct RecordedEvent {
  enum class Kind : uint8_t {
    Job = 1,
    Schema = 2,
    Program = 3,
    SetUp = 4,
    TableRead = 5,
    Received = 6,
    Began = 7,
    Fed = 8,
    Ending = 9,
    Failed = 10,
    Finished = 11,
    Closed = 12,
  };

  Kind kind = Kind::Closed;
  uint8_t outcome = 0;           ///< of TableRead and Received: a ReadResult::Kind
  int32_t query = -1;
  int32_t source = -1;
  int64_t value = 0;             ///< rows, or the wall clock in microseconds
  int64_t at_ns = 0;             ///< since the recording began
  std::string_view origin = {};  ///< the file that bytes are from, where there are several
  std::string_view bytes = {};
};

/// Appends events to a file. What is flushed outlasts the end of the process, not a failure of the machine. One thread.
class RecordingWriter {
 public:
  RecordingWriter() = default;
  ~RecordingWriter();
  RecordingWriter(const RecordingWriter&) = delete;
  RecordingWriter& operator=(const RecordingWriter&) = delete;

  /// Takes the place of another recording, and of nothing else.
  Status open(const std::string& path);
  Status append(const RecordedEvent& event);
  Status flush();
  Status close();

 private:
  Status failed() const;

  std::string path_;
  std::string buffer_;
  int fd_ = -1;
};

/// A recording as it lies on the disk. One thread; events point into it and are valid as long as it lives.
class RecordingFile {
 public:
  static Result<std::unique_ptr<RecordingFile>> open(const std::string& path);
  /// The same of bytes in memory, which outlive it.
  static Result<std::unique_ptr<RecordingFile>> of_bytes(std::string_view bytes, std::string name);
  ~RecordingFile();
  RecordingFile(const RecordingFile&) = delete;
  RecordingFile& operator=(const RecordingFile&) = delete;

  /// Nothing at the end, and where nothing further can be relied on: see `flaw`.
  std::optional<RecordedEvent> next();
  /// Why the events end before the recording's end; empty when they do not.
  const std::string& flaw() const { return flaw_; }
  /// Bytes have changed since they were written, which a recording that was merely cut short has not.
  bool is_damaged() const { return is_damaged_; }

 private:
  RecordingFile(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  Status check_head();
  std::nullopt_t stop(std::string flaw, bool is_damaged);

  std::string_view bytes_;
  std::string name_;
  size_t at_ = 0;
  bool is_mapped_ = false;
  bool is_closed_ = false;
  bool is_damaged_ = false;
  std::string flaw_;
};

}  // namespace millrace
