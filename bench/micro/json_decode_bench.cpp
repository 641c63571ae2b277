#include <benchmark/benchmark.h>

#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "runtime/abi/calls/scan.h"
#include "runtime/formats/json_locate.h"
#include "runtime/formats/line_buffer.h"
#include "runtime/formats/line_indexer.h"
#include "runtime/hot/json.h"
#include "runtime/state/arena.h"

/// Indexing lines, finding fields, reading numbers: the parts of decoding json, on records such as the lab's watches send.
namespace millrace {
namespace {

constexpr size_t kTextBytes = 256 << 10;  // as much as a LineDecoder indexes at once

std::string watch_record(std::mt19937_64& random, int64_t index) {
  static const char* const kActivities[] = {"stand", "sit", "walk", "stairsdown", "unknown", "stairsup", "bike", "run"};
  const auto unit = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  char text[512];
  const int64_t time = 1584786731698422519 + index * 1'000'000;
  std::snprintf(text, sizeof text,
                "{\"Arrival_Time\": %lld, \"Creation_Time\": %lld, \"Device\": \"nexus4_%d\", \"Index\": %lld, \"Model\": \"nexus4\", "
                "\"User\": \"%c\", \"gt\": \"%s\", \"x\": %.17g, \"y\": %.17g, \"z\": %.17g}\n",
                static_cast<long long>(time), static_cast<long long>(time - 12345678), static_cast<int>(1 + random() % 2),
                static_cast<long long>(index), static_cast<char>('a' + random() % 26), kActivities[random() % 8], unit() * 2 - 1,
                unit() * 0.5 - 0.3, 1 + unit() * 2);
  return text;
}

/// Records with the readable bytes around them, and their index.
class WatchText {
 public:
  WatchText() : bytes_(kFrontPadding, '\0') {
    std::mt19937_64 random(1);
    while (bytes_.size() < kFrontPadding + kTextBytes) bytes_ += watch_record(random, ++rows_);
    size_ = bytes_.size() - kFrontPadding;
    bytes_.append(kBackPadding, '\0');
    index_.reset(size_);
  }

  LineText text() const { return {bytes_.data() + kFrontPadding, size_, size_t{1} << 24}; }
  LineIndex* index() { return &index_; }
  int64_t rows() const { return rows_; }

  abi::LineBlock indexed() {
    best_json_sweeps().index_lines(text(), &index_);
    return {text().base,       index_.row_begin(),  index_.row_end(), index_.row_flags(),
            index_.marks(),    index_.mark_begin(), index_.row_count, 1, nullptr};
  }

 private:
  std::string bytes_;
  size_t size_ = 0;
  int64_t rows_ = 0;
  LineIndex index_;
};

void index_lines(benchmark::State& state, JsonIndexer indexer) {
  WatchText watch;
  for (auto _ : state) {
    watch.index()->reset(watch.text().size);
    indexer(watch.text(), watch.index());
    benchmark::DoNotOptimize(watch.index()->row_count);
  }
  if (watch.index()->row_count != watch.rows()) state.SkipWithError("wrong number of rows");
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(watch.text().size));
  state.SetItemsProcessed(state.iterations() * watch.rows());
}

abi::ScanSpec fields_named(const std::vector<std::string>& names) {
  abi::ScanSpec spec;
  for (const std::string& name : names) spec.fields.push_back({name, abi::FieldType::String, 0});
  return spec;
}

/// The general way to the fields, for every row: `forced_flags` sends it over the marks (0) or over all colons and braces.
void locate_fields(benchmark::State& state, uint8_t forced_flags) {
  WatchText watch;
  const abi::LineBlock block = watch.indexed();
  for (int64_t row = 0; row < block.row_count; ++row) watch.index()->row_flags()[row] |= forced_flags;
  abi::JsonScan* scan = json_scan_create(fields_named({"Creation_Time", "gt", "x", "z"}));
  std::vector<abi::StringRef> fields(4);
  int64_t found = 0;
  for (auto _ : state) {
    for (int64_t row = 0; row < block.row_count; ++row) {
      found += abi::mr_json_locate(nullptr, scan, &block, row, fields.data()) && fields[3].data != nullptr;
    }
  }
  if (found != state.iterations() * block.row_count) state.SkipWithError("a field was not found");
  state.SetItemsProcessed(state.iterations() * block.row_count);
  json_scan_destroy(scan);
}

/// Reads one field of every row, which was found before the clock runs.
template <typename Read>
void read_field(benchmark::State& state, const std::string& name, Read read) {
  WatchText watch;
  const abi::LineBlock block = watch.indexed();
  abi::JsonScan* scan = json_scan_create(fields_named({name}));
  std::vector<const char*> values;
  for (int64_t row = 0; row < block.row_count; ++row) {
    abi::StringRef field;
    if (!abi::mr_json_locate(nullptr, scan, &block, row, &field)) state.SkipWithError("a field was not found");
    values.push_back(field.data);
  }
  int64_t good = 0;
  for (auto _ : state) {
    for (size_t row = 0; row < values.size(); ++row) good += read(values[row], block.base + block.row_end[row]) == abi::kReadValue;
  }
  if (good != state.iterations() * block.row_count) state.SkipWithError("a value was not read");
  state.SetItemsProcessed(state.iterations() * block.row_count);
  json_scan_destroy(scan);
}

int32_t read_int(const char* p, const char* end) {
  int64_t value;
  const int32_t status = abi::mr_json_read_int(p, end, INT64_MIN, INT64_MAX, &value);
  benchmark::DoNotOptimize(value);
  return status;
}

int32_t read_double(const char* p, const char* end) {
  double value;
  const int32_t status = abi::mr_json_read_double(p, end, &value);
  benchmark::DoNotOptimize(value);
  return status;
}

int32_t read_double_slowly(const char* p, const char* end) {
  double value;
  const int32_t status = abi::mr_json_read_double_slow(p, end, &value);
  benchmark::DoNotOptimize(value);
  return status;
}

int32_t check_double(const char* p, const char* end) { return abi::mr_json_check_double(p, end); }

int32_t read_string(const char* p, const char* end) {
  abi::StringRef value;
  const int32_t status = abi::mr_json_read_string(nullptr, p, end, &value);
  benchmark::DoNotOptimize(value);
  return status;
}

void register_benchmarks() {
  for (const JsonSweeps& sweeps : json_sweeps()) {
    benchmark::RegisterBenchmark(("index_lines/" + std::string(sweeps.name)).c_str(), index_lines, sweeps.index_lines);
  }
  benchmark::RegisterBenchmark("locate_fields/marks", locate_fields, uint8_t{0});
  benchmark::RegisterBenchmark("locate_fields/structure", locate_fields, uint8_t{abi::kRowNested});
  benchmark::RegisterBenchmark("read/int_19_digits", read_field<decltype(&read_int)>, "Creation_Time", &read_int);
  benchmark::RegisterBenchmark("read/double_17_digits", read_field<decltype(&read_double)>, "x", &read_double);
  benchmark::RegisterBenchmark("read/double_17_digits_slow", read_field<decltype(&read_double)>, "x", &read_double_slowly);
  benchmark::RegisterBenchmark("check/double_17_digits", read_field<decltype(&read_double)>, "x", &check_double);
  benchmark::RegisterBenchmark("read/string", read_field<decltype(&read_string)>, "gt", &read_string);
}

}  // namespace
}  // namespace millrace

int main(int argc, char** argv) {
  millrace::register_benchmarks();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
