#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/bench/bench_report.h"
#include "compiler/driver/bench/log_chart.h"

namespace millrace {

namespace {

// Told apart on paper and by those who see few colours.
constexpr const char* kColors[] = {"#0b6e4f", "#b5332e", "#1f5fa8", "#c77f0a", "#6a3d9a", "#555555"};
constexpr int kGap = 24;
constexpr int kCurvePoints = 40;

double batch_size_of(const SettingResult& r) { return static_cast<double>(r.rows) / static_cast<double>(std::max<int64_t>(r.batches, 1)); }

LogChart throughput_chart(const QueryBench& query) {
  LogChart chart{.title = "Throughput", .x_label = "rows a batch", .y_label = "rows a second", .series = {}};
  ChartSeries measured{.name = "measured, range of runs", .color = kColors[0], .points = {}};
  for (const SettingResult& r : query.full_speed) {
    if (r.batches > 0) measured.points.push_back({batch_size_of(r), r.rows_per_second.median, r.rows_per_second.low, r.rows_per_second.high});
  }
  ChartSeries fitted{.name = "n / (c0 + c1 n), fitted", .color = kColors[5], .dashed = true, .has_marks = false, .points = {}};
  if (query.fit.ok && measured.points.size() > 1) {
    const double low = std::log(measured.points.front().x), high = std::log(measured.points.back().x);
    for (int i = 0; i <= kCurvePoints; ++i) {
      const double n = std::exp(low + (high - low) * i / kCurvePoints);
      fitted.points.push_back({.x = n, .y = n / query.fit.cost_ns(n) * 1e9});
    }
  }
  chart.series = {measured, fitted};
  return chart;
}

ChartSeries latency_series(const std::string& name, const char* color, bool dashed, const std::vector<SettingResult>& results, double rate,
                           Quantiles SettingResult::*which, int64_t Quantiles::*quantile) {
  ChartSeries series{.name = name, .color = color, .dashed = dashed, .points = {}};
  for (const SettingResult& r : results) {
    const auto value = static_cast<double>(r.*which.*quantile);
    if (r.setting.rate == rate && r.setting.batch_rows > 0 && value > 0) series.points.push_back({.x = static_cast<double>(r.setting.batch_rows), .y = value});
  }
  return series;
}

LogChart latency_chart(const BenchReport& report, const QueryBench& query) {
  LogChart chart{.title = "Latency", .x_label = "rows a batch", .y_label = "time", .y_is_time = true, .series = {}};
  chart.series.push_back(latency_series("a batch at full speed, p50", kColors[0], false, query.full_speed, 0, &SettingResult::batch, &Quantiles::p50));
  chart.series.push_back(latency_series("a batch at full speed, p99", kColors[0], true, query.full_speed, 0, &SettingResult::batch, &Quantiles::p99));
  size_t color = 1;
  for (const double rate : report.options.rates) {
    const char* of_rate = kColors[color++ % std::size(kColors)];
    const std::string at = "a record at " + count_words(rate) + "/s, ";
    chart.series.push_back(latency_series(at + "p50", of_rate, false, query.offered, rate, &SettingResult::record, &Quantiles::p50));
    chart.series.push_back(latency_series(at + "p99", of_rate, true, query.offered, rate, &SettingResult::record, &Quantiles::p99));
  }
  return chart;
}

std::string charts(const BenchReport& report, const QueryBench& query, int top) {
  return throughput_chart(query).svg(0, top) + latency_chart(report, query).svg(LogChart::kWidth + kGap, top);
}

std::string svg_open(int height) {
  const int width = 2 * LogChart::kWidth + kGap;
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
                     "font-family=\"system-ui, sans-serif\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n", width, height);
}

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:960px;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.4em;margin-bottom:.2em}h2{font-size:1.15em;margin-top:2em}"
    "pre{font:12px/1.45 ui-monospace,monospace;overflow-x:auto;background:#f7f7f5;padding:1em;border-radius:4px}"
    "svg{max-width:100%;height:auto}.note{color:#555}"
    "@media print{body{margin:0;max-width:none}pre{white-space:pre;font-size:7.5px;background:none;padding:0}section{break-inside:avoid}}";

}  // namespace

std::string bench_svg(const BenchReport& report) {
  constexpr int kHead = 26;
  const int height = static_cast<int>(report.queries.size()) * (LogChart::kHeight + kHead);
  std::string out = svg_open(height);
  int top = 0;
  for (const QueryBench& query : report.queries) {
    out += fmt::format("<text x=\"0\" y=\"{}\" font-size=\"14\" fill=\"#111\">{}</text>\n", top + 18, escape_markup(report.script + ", " + query.name));
    out += charts(report, query, top + kHead);
    top += LogChart::kHeight + kHead;
  }
  return out + "</svg>\n";
}

std::string bench_html(const BenchReport& report) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n";
  out += fmt::format("<title>{0}: throughput and latency by batch size</title>\n<style>{1}</style></head>\n<body>\n<h1>{0}: throughput and latency by batch size</h1>\n",
                     escape_markup(report.script), kStyle);
  std::string inputs;
  for (const auto& [name, input] : report.inputs) inputs += (inputs.empty() ? "" : "; ") + input_words(*input);
  out += fmt::format("<p class=\"note\">{}, played from memory; {} thread{}; medians of {} runs turn about; {}; {}</p>\n", escape_markup(inputs), report.threads,
                     report.threads == 1 ? "" : "s", report.options.repeats, escape_markup(report.machine), report.time);
  for (const QueryBench& query : report.queries) {
    out += fmt::format("<section><h2>{}</h2>\n<p>{}.</p>\n", escape_markup(query.name), escape_markup(check_words(query.check)));
    out += svg_open(LogChart::kHeight) + charts(report, query, 0) + "</svg></section>\n";
  }
  out += "<h2>All figures</h2>\n<pre>" + escape_markup(bench_table(report)) + "</pre>\n";
  out += "<p class=\"note\">A batch at full speed: from the end of the one before to its rows' being written. A record at a rate: from when it was due to its batch's rows "
         "being written. The cost of a batch is fitted by least squares of relative deviations over all runs, disturbed ones weighted down (Huber); ± is the standard error.</p>\n";
  return out + "</body></html>\n";
}

}  // namespace millrace
