#include <fmt/format.h>

#include "compiler/driver/bench/bench_report.h"

namespace millrace {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else out += c;
  }
  return out + "\"";
}

template <typename List, typename Print>
std::string array(const List& list, const Print& print) {
  std::string out = "[";
  for (const auto& item : list) out += (out.size() == 1 ? "" : ", ") + print(item);
  return out + "]";
}

std::string json(const Quantiles& q) { return fmt::format("{{\"p50\": {}, \"p95\": {}, \"p99\": {}, \"max\": {}}}", q.p50, q.p95, q.p99, q.max); }

std::string json(const SettingResult& r) {
  const std::string size = r.setting.batch_rows == 0 ? "\"auto\"" : std::to_string(r.setting.batch_rows);
  std::string out = "\n      {\"batchRows\": " + size;
  if (r.setting.rate > 0) out += fmt::format(", \"offeredRowsPerSecond\": {:.0f}, \"keptUp\": {}", r.setting.rate, r.kept_up);
  return out + fmt::format(", \"rows\": {}, \"batches\": {}, \"rowsPerSecond\": {{\"median\": {:.1f}, \"lowest\": {:.1f}, \"highest\": {:.1f}}}, "
                           "\"batchNs\": {}, \"recordNs\": {}}}",
                           r.rows, r.batches, r.rows_per_second.median, r.rows_per_second.low, r.rows_per_second.high, json(r.batch), json(r.record));
}

std::string json(const std::optional<StableInterval>& interval) {
  return interval ? fmt::format("{{\"seconds\": {:.9f}, \"rows\": {:.1f}}}", interval->seconds, interval->rows) : "null";
}

std::string json(const RateAdvice& advice) {
  std::string best = "null";
  if (advice.best != nullptr) best = advice.best->setting.batch_rows == 0 ? "\"auto\"" : std::to_string(advice.best->setting.batch_rows);
  return fmt::format("{{\"rowsPerSecond\": {:.0f}, \"shortestStableInterval\": {}, \"withAFifthToSpare\": {}, \"bestMeasuredBatchRows\": {}}}", advice.rate,
                     json(advice.shortest), json(advice.with_slack), best);
}

const char* outcome_name(AnswerCheck::Outcome outcome) {
  switch (outcome) {
    case AnswerCheck::Outcome::Same: return "same";
    case AnswerCheck::Outcome::Differs: return "differs";
    case AnswerCheck::Outcome::LateRows: return "lateRows";
    case AnswerCheck::Outcome::NotComparable: break;
  }
  return "notCompared";
}

std::string json(const QueryBench& query, const std::vector<double>& rates) {
  const auto setting = [](const SettingResult& r) { return json(r); };
  std::string fit = "null";
  if (query.fit.ok) {
    fit = fmt::format("{{\"batchNs\": {:.2f}, \"batchStandardErrorNs\": {:.2f}, \"rowNs\": {:.4f}, \"rowStandardErrorNs\": {:.4f}}}", query.fit.batch_ns,
                      query.fit.batch_error_ns, query.fit.row_ns, query.fit.row_error_ns);
  }
  const SettingResult* best = query.recommended();
  return fmt::format("\n    {{\"name\": {}, \"answers\": {{\"outcome\": \"{}\", \"rowsIn\": {}, \"rowsOut\": {}, \"note\": {}}},\n     \"fullSpeed\": {},\n     \"offered\": {},\n"
                     "     \"cost\": {},\n     \"rates\": {},\n     \"recommendedBatchRows\": {}}}",
                     quoted(query.name), outcome_name(query.check.outcome), query.check.rows_in, query.check.rows_out, quoted(query.check.why),
                     array(query.full_speed, setting), array(query.offered, setting), fit,
                     array(rates, [&](double rate) { return json(query.advice(rate)); }), best != nullptr ? std::to_string(best->setting.batch_rows) : "null");
}

}  // namespace

std::string bench_json(const BenchReport& report) {
  const std::string inputs = array(report.inputs, [](const auto& named) {
    const Recording& input = *named.second;
    return fmt::format("{{\"stream\": {}, \"origin\": {}, \"rows\": {}, \"bytesPerRow\": {:.1f}}}", quoted(input.stream), quoted(input.origin), input.rows(), input.bytes_a_row());
  });
  return fmt::format("{{\"script\": {}, \"time\": {}, \"machine\": {}, \"threads\": {}, \"repeats\": {},\n \"inputs\": {},\n \"queries\": {}}}\n", quoted(report.script),
                     quoted(report.time), quoted(report.machine), report.threads, report.options.repeats, inputs,
                     array(report.queries, [&](const QueryBench& query) { return json(query, report.options.rates); }));
}

}  // namespace millrace
