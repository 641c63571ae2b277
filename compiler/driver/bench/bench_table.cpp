#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/bench/bench_report.h"

namespace millrace {

namespace {

/// What advice is given for when no rate was asked for.
constexpr double kUsualRates[] = {1e4, 1e5, 1e6};

std::string three_digits(double value) {
  if (value >= 100) return fmt::format("{:.0f}", value);
  return value >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string quantile_cells(const Quantiles& q) {
  return fmt::format("{:>9} {:>9} {:>9} {:>9}", duration_words(static_cast<double>(q.p50)), duration_words(static_cast<double>(q.p95)),
                     duration_words(static_cast<double>(q.p99)), duration_words(static_cast<double>(q.max)));
}

std::string full_speed_table(const QueryBench& query) {
  std::string text = fmt::format("  {:>10}  {:>8} {:>19}   {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9} {:>9}\n", "batch rows", "rows/s", "(lowest - highest)",
                                 "batch p50", "p95", "p99", "max", "record p50", "p95", "p99", "max");
  for (const SettingResult& r : query.full_speed) {
    const std::string range = fmt::format("({} - {})", count_words(r.rows_per_second.low), count_words(r.rows_per_second.high));
    text += fmt::format("  {:>10}  {:>8} {:>19}   {}   {}\n", batch_words(r.setting), count_words(r.rows_per_second.median), range,
                        quantile_cells(r.batch), quantile_cells(r.record));
  }
  return text;
}

std::string offered_table(const QueryBench& query, double rate) {
  std::string text = fmt::format("\n  offered {} rows/s\n  {:>10}  {:>8} {:>10}   {:>9} {:>9} {:>9} {:>9}   {:>9} {:>9} {:>9} {:>9}\n", count_words(rate),
                                 "batch rows", "rows/s", "kept up", "batch p50", "p95", "p99", "max", "record p50", "p95", "p99", "max");
  for (const SettingResult& r : query.offered) {
    if (r.setting.rate != rate) continue;
    text += fmt::format("  {:>10}  {:>8} {:>10}   {}   {}\n", batch_words(r.setting), count_words(r.rows_per_second.median),
                        r.kept_up ? "yes" : "no", quantile_cells(r.batch), quantile_cells(r.record));
  }
  return text;
}

std::string interval_words(const StableInterval& interval) {
  return fmt::format("{} ({} row{})", duration_words(interval.seconds * 1e9), count_words(std::max(1.0, std::round(interval.rows))),
                     std::round(interval.rows) <= 1 ? "" : "s");
}

std::string size_words(const BenchSetting& setting) {
  if (setting.batch_rows == 0) return "auto";
  return fmt::format("batches of {} row{}", setting.batch_rows, setting.batch_rows == 1 ? "" : "s");
}

std::string advice_words(const RateAdvice& advice, bool was_fitted, bool was_offered) {
  std::string text = fmt::format("  at {} rows/s: ", count_words(advice.rate));
  if (!was_fitted) {
    text += "no interval can be told without a fit";
  } else if (!advice.shortest) {
    text += "no batch interval is long enough, the rate is beyond what the query takes";
  } else {
    text += "shortest stable interval " + interval_words(*advice.shortest);
    text += advice.with_slack ? ", with a fifth of the time to spare " + interval_words(*advice.with_slack) : ", with nothing to spare";
  }
  if (advice.best != nullptr) {
    text += fmt::format("; measured best: {}, p99 of a record {}", size_words(advice.best->setting),
                        duration_words(static_cast<double>(advice.best->record.p99)));
  } else if (was_offered) {
    text += "; no batch size kept up";
  }
  return text + "\n";
}

std::string advice_lines(const QueryBench& query, const std::vector<double>& offered) {
  std::string text;
  for (const double rate : offered) text += advice_words(query.advice(rate), query.fit.ok, true);
  if (!offered.empty() || !query.fit.ok) return text;
  for (const double rate : kUsualRates) text += advice_words(query.advice(rate), true, false);
  return text;
}

std::string fit_words(const CostFit& fit) {
  if (!fit.ok) return "  cost of a batch: not fitted, that takes two sizes of batches at least\n";
  return fmt::format("  cost of a batch of n rows: {} (± {}) + n * {} ns (± {} ns)\n", duration_words(fit.batch_ns), duration_words(fit.batch_error_ns),
                     three_digits(fit.row_ns), three_digits(fit.row_error_ns));
}

}  // namespace

std::string duration_words(double ns) {
  if (ns < 1e3) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6) return three_digits(ns / 1e3) + " us";
  if (ns < 1e9) return three_digits(ns / 1e6) + " ms";
  return three_digits(ns / 1e9) + " s";
}

std::string count_words(double count) {
  if (count < 1e3) return fmt::format("{:.0f}", count);
  if (count < 1e6) return three_digits(count / 1e3) + "k";
  return three_digits(count / 1e6) + "M";
}

std::string input_words(const Recording& input) {
  return fmt::format("{}{} rows of {} ({}), {:.0f} bytes each", input.was_cut ? "the first " : "", input.rows(), input.stream, input.origin, input.bytes_a_row());
}

std::string check_words(const AnswerCheck& check) {
  switch (check.outcome) {
    case AnswerCheck::Outcome::Same:
      return fmt::format("every batch size gave the same answer ({} row{} of {} rows)", check.rows_out, check.rows_out == 1 ? "" : "s", check.rows_in);
    case AnswerCheck::Outcome::Differs:
      return "ANSWERS DIFFER: " + check.why;
    case AnswerCheck::Outcome::LateRows:
      return "answers differ by the rows that came late, as lateness goes by where batches end: " + check.why;
    case AnswerCheck::Outcome::NotComparable:
      break;
  }
  return "answers were not compared: " + check.why;
}

std::string batch_words(const BenchSetting& setting) { return setting.batch_rows == 0 ? "auto" : std::to_string(setting.batch_rows); }

std::string bench_table(const BenchReport& report) {
  std::string text = report.script + ": ";
  for (bool first = true; const auto& [name, input] : report.inputs) {
    text += (first ? "" : "; ") + input_words(*input);
    first = false;
  }
  text += fmt::format("\nplayed from memory, {} thread{}, medians of {} runs turn about, on {}\n", report.threads, report.threads == 1 ? "" : "s",
                      report.options.repeats, report.machine);
  for (const QueryBench& query : report.queries) {
    text += fmt::format("\n{}: {}\n\n  as fast as it goes\n{}", query.name, check_words(query.check), full_speed_table(query));
    for (const double rate : report.options.rates) text += offered_table(query, rate);
    text += "\n" + fit_words(query.fit);
    text += advice_lines(query, report.options.rates);
    if (const SettingResult* best = query.recommended()) {
      text += fmt::format("  recommended: {}, the smallest with at least 90 % of the best throughput\n", size_words(best->setting));
    }
  }
  return text;
}

}  // namespace millrace
