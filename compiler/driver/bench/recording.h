#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/abi/program.h"
#include "runtime/base/result.h"
#include "runtime/connectors/connector.h"

namespace millrace {

/// What a stream brought, kept in memory so that it can be played again and again at any pace. Never changes; any thread.
struct Recording {
  std::string stream;
  std::string origin;             ///< for people: a file, or a generator
  std::string bytes;              ///< whole lines
  size_t preamble_bytes = 0;      ///< a csv header, which is no row
  std::vector<size_t> row_ends;   ///< offsets in `bytes`, one past each row's `\n`
  bool was_cut = false;           ///< there was more than was wanted

  int64_t rows() const { return static_cast<int64_t>(row_ends.size()); }
  double bytes_a_row() const;
};

/// Reads up to `rows_max` rows of a stream: from `input` (a file, or `generator:KIND`) when it is given, else from the stream's own connector, which
/// has to be one that is there (a file, a generator).
Result<std::shared_ptr<const Recording>> record_stream(const abi::SourceSpec& stream, const std::optional<std::string>& input, int64_t rows_max);

/// Plays a recording's first rows: all at once, or at a pace, row i being there i / rate seconds after the start.
class ReplaySource final : public Source {
 public:
  struct Options {
    int64_t rows = INT64_MAX;  ///< of the recording's at most
    double rate = 0;           ///< rows a second; 0: everything is there at once
    int64_t* started_ns = nullptr;  ///< where the steady clock of the start goes to; may be nullptr
  };

  ReplaySource(std::shared_ptr<const Recording> recording, const Options& options, const ConnectorContext& context)
      : recording_(std::move(recording)), options_(options), context_(context) {}

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return options_.rate <= 0; }

 private:
  size_t end_of_row(int64_t row) const;
  int64_t rows_due() const;
  void wait_for_a_row(int64_t timeout_us) const;

  std::shared_ptr<const Recording> recording_;
  Options options_;
  ConnectorContext context_;
  int64_t rows_ = 0;
  int64_t next_row_ = 0;
  size_t offset_ = 0;
  int64_t started_ns_ = 0;
};

}  // namespace millrace
