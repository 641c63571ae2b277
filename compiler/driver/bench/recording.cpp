#include "compiler/driver/bench/recording.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/clock.h"
#include "runtime/connectors/connector_options.h"
#include "runtime/connectors/file_source.h"
#include "runtime/connectors/generator.h"
#include "runtime/connectors/registry.h"
#include "runtime/connectors/wait_readable.h"
#include "runtime/metrics/code_sampler.h"

namespace millrace {

namespace {

constexpr size_t kReadBytes = size_t{1} << 20;
constexpr double kSecondNs = 1e9;
// Sleeping shorter than this wakes up too late; the processor waits instead.
constexpr int64_t kShortestSleepNs = 80'000;
/// Records that are made at once must not all be of now: windows of time would have nothing to do. 2020-01-01, nanoseconds.
constexpr int64_t kRecordsBegin = 1'577'836'800'000'000'000;
constexpr std::string_view kGeneratorPrefix = "generator:";

Result<std::unique_ptr<Source>> open_input(const abi::SourceSpec& stream, const std::optional<std::string>& input, int64_t rows_max,
                                           std::string* origin) {
  const bool made_up = input ? input->starts_with(kGeneratorPrefix) : stream.connector == "generator";
  std::unique_ptr<Source> source;
  if (made_up) {
    GeneratorOptions options;
    options.kind = input ? input->substr(kGeneratorPrefix.size()) : std::string(text_option(stream.options, "kind", "iot"));
    options.rows = rows_max + 1;  // one more tells that there are more
    options.start_time_ns = kRecordsBegin;
    if (!input) {
      options.seed = static_cast<uint64_t>(integer_option(stream.options, "seed", 1));
      options.start_time_ns = integer_option(stream.options, "start_time", kRecordsBegin);
      if (const auto rows = optional_integer(stream.options, "rows")) options.rows = std::min(*options.rows, *rows);
    }
    *origin = "made up (" + options.kind + ")";
    source = std::make_unique<GeneratorSource>(options, ConnectorContext{});
  } else if (input) {
    *origin = *input;
    source = std::make_unique<FileSource>(*input);
  } else {
    *origin = std::string(text_option(stream.options, "path"));
    auto made = make_source(stream, {});
    if (!made) return made.error();
    source = std::move(made).value();
  }
  if (Status opened = source->open(); !opened.ok()) return opened;
  return source;
}

/// Takes whole lines out of what a source gives.
class Recorder {
 public:
  Recorder(Recording& recording, const abi::SourceSpec& stream, int64_t rows_max)
      : recording_(recording), rows_max_(rows_max), has_header_(stream.format == abi::Format::Csv && flag_option(stream.options, "header")),
        keeps_blank_(stream.format == abi::Format::Text) {}

  Status take_all(Source& source) {
    std::vector<char> buffer(kReadBytes);
    at_file_start_ = true;
    while (!recording_.was_cut) {
      const ReadResult got = source.read(buffer, -1);
      if (got.kind == ReadResult::Kind::Failed) return got.status;
      if (got.kind == ReadResult::Kind::NextFile || got.kind == ReadResult::Kind::End) {
        if (!rest_.empty()) take_line(rest_ + '\n');
        rest_.clear();
        at_file_start_ = true;
      }
      if (got.kind == ReadResult::Kind::End) break;
      if (got.kind == ReadResult::Kind::CutOff) rest_.clear();
      take({buffer.data(), got.bytes});
    }
    return {};
  }

 private:
  void take(std::string_view text) {
    for (size_t end; !recording_.was_cut && (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
      if (rest_.empty()) {
        take_line(text.substr(0, end + 1));
      } else {
        take_line(rest_.append(text.substr(0, end + 1)));
        rest_.clear();
      }
    }
    rest_ += text;
  }

  void take_line(std::string_view line) {
    const bool is_header = has_header_ && at_file_start_;
    at_file_start_ = false;
    if (is_header && !recording_.bytes.empty()) return;  // of a further file
    const bool is_blank = line.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (is_blank && !keeps_blank_) return;
    if (!is_header && recording_.rows() == rows_max_) {
      recording_.was_cut = true;
      return;
    }
    recording_.bytes += line;
    if (is_header) recording_.preamble_bytes = recording_.bytes.size();
    else recording_.row_ends.push_back(recording_.bytes.size());
  }

  Recording& recording_;
  int64_t rows_max_;
  bool has_header_;
  bool keeps_blank_;
  bool at_file_start_ = true;
  std::string rest_;  ///< of a line that has not ended
};

}  // namespace

double Recording::bytes_a_row() const {
  return rows() == 0 ? 0 : static_cast<double>(bytes.size() - preamble_bytes) / static_cast<double>(rows());
}

Result<std::shared_ptr<const Recording>> record_stream(const abi::SourceSpec& stream, const std::optional<std::string>& input, int64_t rows_max) {
  auto recording = std::make_shared<Recording>();
  recording->stream = stream.name;
  auto source = open_input(stream, input, rows_max, &recording->origin);
  if (!source) return source.error();
  const Status taken = Recorder(*recording, stream, rows_max).take_all(**source);
  if (!taken.ok()) return taken;
  return std::shared_ptr<const Recording>(std::move(recording));
}

Status ReplaySource::open() {
  rows_ = std::min(options_.rows, recording_->rows());
  started_ns_ = steady_clock_ns();
  if (options_.started_ns != nullptr) *options_.started_ns = started_ns_;
  return {};
}

size_t ReplaySource::end_of_row(int64_t row) const {
  return row < 0 ? recording_->preamble_bytes : recording_->row_ends[static_cast<size_t>(row)];
}

/// How many of the rows are there by now.
int64_t ReplaySource::rows_due() const {
  if (options_.rate <= 0) return rows_;
  const double elapsed = static_cast<double>(steady_clock_ns() - started_ns_) / kSecondNs;
  return std::min(rows_, static_cast<int64_t>(elapsed * options_.rate) + 1);
}

void ReplaySource::wait_for_a_row(int64_t timeout_us) const {
  const int64_t due_ns = started_ns_ + static_cast<int64_t>(static_cast<double>(next_row_) / options_.rate * kSecondNs);
  const int64_t limit_ns = timeout_us < 0 ? INT64_MAX : steady_clock_ns() + timeout_us * 1000;
  const int64_t until_ns = std::min(due_ns, limit_ns);
  const int64_t now_ns = steady_clock_ns();
  if (until_ns - now_ns > kShortestSleepNs) sleep_us(context_, (until_ns - now_ns - kShortestSleepNs) / 1000);
  while (steady_clock_ns() < until_ns && !context_.stopping()) {
  }
}

ReadResult ReplaySource::read(std::span<char> buffer, int64_t timeout_us) {
  const size_t last = end_of_row(rows_ - 1);
  if (offset_ >= last) return ReadResult::end();
  if (rows_due() <= next_row_ && next_row_ < rows_) wait_for_a_row(timeout_us);
  const int64_t due = rows_due();
  const size_t end = end_of_row(due - 1);
  if (end <= offset_) return ReadResult::nothing();
  const size_t count = std::min(buffer.size(), end - offset_);
  CodeSampler::works_at(EngineWork::Read);
  std::memcpy(buffer.data(), recording_->bytes.data() + offset_, count);
  CodeSampler::works_at(EngineWork::Other);
  offset_ += count;
  // What did not fit the buffer is due already and given without waiting.
  if (offset_ == end) next_row_ = due;
  return ReadResult::data(count);
}

}  // namespace millrace
