#pragma once

#include <string>
#include <vector>

#include "compiler/driver/bench/bench_sweep.h"

namespace millrace {

/// A finished bench, as people and programs want to see it.
struct BenchReport {
  std::string script;     ///< its name
  std::string machine;    ///< the processor's name
  std::string time;       ///< when, ISO
  int threads = 1;
  SweepOptions options;
  BenchJob::Recordings inputs;
  std::vector<QueryBench> queries;
};

/// For standard output.
std::string bench_table(const BenchReport& report);
std::string bench_json(const BenchReport& report);
/// A picture of the two curves of every query, for `svg` files.
std::string bench_svg(const BenchReport& report);
/// A page by itself: the pictures and the tables.
std::string bench_html(const BenchReport& report);

/// `950 ns`, `1.23 us`, `45.6 ms`.
std::string duration_words(double ns);
/// `950`, `12.3k`, `4.56M`.
std::string count_words(double count);
/// What was played, e.g. `2000000 rows of iot (data.ndjson), 239 bytes each`.
std::string input_words(const Recording& input);
std::string check_words(const AnswerCheck& check);
/// The size of a setting's batches, `auto` when none is set.
std::string batch_words(const BenchSetting& setting);

}  // namespace millrace
