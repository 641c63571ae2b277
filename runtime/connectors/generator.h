#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "runtime/connectors/connector.h"
#include "runtime/connectors/records/record_kinds.h"
#include "runtime/connectors/tcp_address.h"

namespace millrace {

struct GeneratorOptions {
  std::string kind = "iot";              ///< one of kRecordKinds
  int64_t rate = 0;                      ///< rows a second; 0: as fast as possible
  std::optional<int64_t> rows;           ///< when absent as many as there are, for most kinds without end
  uint64_t seed = 1;
  std::string table = {};                ///< of a kind that has tables
  double scale = RecordSettings::kUsualScale;  ///< of these
  std::optional<int64_t> start_time_ns;  ///< the records' clock starts here and goes by the rate (1 ms a row at rate 0); else: now
};

/// Made-up records at a pace, as a source. read() wants a buffer that holds the longest record.
class GeneratorSource final : public Source {
 public:
  GeneratorSource(const GeneratorOptions& options, const ConnectorContext& context)
      : options_(options), context_(context) {}

  Status open() override;
  ReadResult read(std::span<char> buffer, int64_t timeout_us) override;
  bool is_bulk() const override { return options_.rate == 0; }
  std::optional<std::string> position() const override;
  /// Makes the records before anew, since each follows from the one before.
  Status resume(std::string_view position) override;

 private:
  int64_t rows_due();
  int64_t clock_of_row(int64_t row) const;
  void read_clock(std::span<int64_t> times_ns) const;

  GeneratorOptions options_;
  ConnectorContext context_;
  std::unique_ptr<RecordMaker> records_;
  int64_t rows_made_ = 0;
  int64_t rows_before_ = 0;  ///< made before the source was resumed: they were not paced by this clock
  int64_t started_ns_ = 0;
  int64_t rows_at_once_ = 1;
  double tick_ns_ = 0;  ///< of the records' clock, when it starts at a given time
};

/// Writes records to `fd` until they end, nobody reads any more, or the job is to stop.
Status write_records(const GeneratorOptions& options, int fd, const ConnectorContext& context);

/// Serves every client that connects with a stream of its own (the k-th client's seed is `seed + k`, but for tables, which fit each other by their seed), until the job is to stop. A
/// thread for each client.
Status serve_records(const GeneratorOptions& options, const TcpEndpoint& endpoint, const ConnectorContext& context);

}  // namespace millrace
