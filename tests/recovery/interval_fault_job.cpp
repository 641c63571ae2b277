#include "tests/recovery/fault_jobs.h"
#include "tests/recovery/process.h"

namespace millrace::recovery {

namespace {

constexpr const char* kRow = "{\"text\":\"a row\"}\n";

/// Its source never ends and gives rows slowly: it comes to its end only when three intervals do.
class IntervalFaultJob final : public FaultJob {
 public:
  const char* name() const override { return "intervals"; }

  void make(const std::string& folder) override {
    write_file(folder + "/job.sql",
               "CREATE STREAM s (Index BIGINT) WITH (connector = 'generator', kind = 'iot', rate = 1000);\n"
               "CREATE SINK out WITH (connector = 'file', path = 'out.ndjson', format = 'json', retry_for = '300ms');\n"
               "INSERT INTO out SELECT 'a row' AS text FROM s EMIT APPEND EVERY 20 MILLISECONDS;\n");
  }

  std::vector<std::string> options() const override {
    std::vector<std::string> all = FaultJob::options();
    all.insert(all.end(), {"--max-batches", "3"});
    return all;
  }

  bool take_expected(const std::string& folder) override { return problem(folder, true).empty(); }

  /// All rows are whole. How many there are goes by the clock.
  std::string problem(const std::string& folder, bool is_complete) override {
    const std::string text = read_file(folder + "/out.ndjson");
    const std::string row = kRow;
    for (size_t begin = 0; begin < text.size(); begin += row.size()) {
      if (text.compare(begin, row.size(), row) != 0) return "no whole row: " + text.substr(begin, row.size());
    }
    return is_complete && text.empty() ? "there is no row" : "";
  }
};

}  // namespace

std::unique_ptr<FaultJob> make_interval_fault_job() { return std::make_unique<IntervalFaultJob>(); }

}  // namespace millrace::recovery
