#include "compiler/driver/bench/log_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/bench/bench_report.h"

namespace millrace {

namespace {

constexpr int kLeft = 66, kRight = 14, kTop = 34, kBottom = 50;
constexpr int kLegendLine = 16;
constexpr double kRoom = 0.06;  // of an axis, between its ends and the outermost points, in powers of ten

/// Maps values to places along a line, by their logarithms.
class LogAxis {
 public:
  LogAxis(double low, double high, double from, double to) : from_(from), to_(to) {
    low_ = std::log10(low) - kRoom;
    high_ = std::log10(high) + kRoom;
    if (high_ - low_ < 1) {  // so that there is a tick at least
      const double middle = (low_ + high_) / 2;
      low_ = middle - 0.55;
      high_ = middle + 0.55;
    }
  }

  double at(double value) const { return from_ + (std::log10(value) - low_) / (high_ - low_) * (to_ - from_); }
  std::vector<double> ticks() const {
    std::vector<double> values;
    for (int power = static_cast<int>(std::ceil(low_)); power <= static_cast<int>(std::floor(high_)); ++power) values.push_back(std::pow(10, power));
    return values;
  }
  /// 2 and 5 times the powers of ten.
  std::vector<double> fine_ticks() const {
    std::vector<double> values;
    for (int power = static_cast<int>(std::floor(low_)); power <= static_cast<int>(std::floor(high_)); ++power) {
      for (const int step : {2, 5}) {
        const double value = step * std::pow(10, power);
        if (std::log10(value) > low_ && std::log10(value) < high_) values.push_back(value);
      }
    }
    return values;
  }

 private:
  double low_, high_, from_, to_;
};

std::string tick_text(double value, bool is_time) {
  const auto whole = [](double v, const char* unit) { return fmt::format("{:.0f}{}", v, unit); };
  if (is_time) {
    if (value < 999) return whole(value, " ns");
    if (value < 999e3) return whole(value / 1e3, " us");
    if (value < 999e6) return whole(value / 1e6, " ms");
    return whole(value / 1e9, " s");
  }
  if (value < 999) return whole(value, "");
  if (value < 999e3) return whole(value / 1e3, "k");
  if (value < 999e6) return whole(value / 1e6, "M");
  return whole(value / 1e9, "G");
}

std::string line(double x1, double y1, double x2, double y2, const char* color, double width) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"{}\"/>\n", x1, y1, x2, y2, color, width);
}

std::string label(double x, double y, const char* anchor, const std::string& text, const char* more = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" font-size=\"11\" fill=\"#333\" {}>{}</text>\n", x, y, anchor, more, escape_markup(text));
}

std::string draw(const ChartSeries& series, const LogAxis& x, const LogAxis& y) {
  std::string path, marks;
  for (const ChartPoint& p : series.points) {
    path += fmt::format("{}{:.1f},{:.1f} ", path.empty() ? "" : "L", x.at(p.x), y.at(p.y));
    if (p.high > p.low && p.low > 0) marks += line(x.at(p.x), y.at(p.low), x.at(p.x), y.at(p.high), series.color.c_str(), 1);
    if (series.has_marks) marks += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>\n", x.at(p.x), y.at(p.y), series.color);
  }
  return fmt::format("<path d=\"M{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\"{}/>\n{}", path, series.color,
                     series.dashed ? " stroke-dasharray=\"5 4\"" : "", marks);
}

}  // namespace

std::string escape_markup(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') safe += "&lt;";
    else if (c == '>') safe += "&gt;";
    else if (c == '&') safe += "&amp;";
    else if (c == '"') safe += "&quot;";
    else safe += c;
  }
  return safe;
}

std::string LogChart::svg(int left, int top) const {
  double x_low = 1e300, x_high = 0, y_low = 1e300, y_high = 0;
  for (const ChartSeries& s : series) {
    for (const ChartPoint& p : s.points) {
      x_low = std::min(x_low, p.x);
      x_high = std::max(x_high, p.x);
      y_low = std::min({y_low, p.y, p.low > 0 ? p.low : p.y});
      y_high = std::max({y_high, p.y, p.high});
    }
  }
  if (x_high <= 0 || y_high <= 0) return "";
  const int legend = kLegendLine * static_cast<int>((series.size() + 1) / 2);
  const double right = kWidth - kRight, bottom = kHeight - kBottom - legend;
  const LogAxis x(x_low, x_high, kLeft, right), y(y_low, y_high, bottom, kTop);
  std::string out = fmt::format("<g transform=\"translate({} {})\">\n", left, top);
  out += label(kLeft, 18, "start", title, "font-weight=\"bold\"");
  for (const double value : x.fine_ticks()) out += line(x.at(value), kTop, x.at(value), bottom, "#f0f0f0", 1);
  for (const double value : y.fine_ticks()) out += line(kLeft, y.at(value), right, y.at(value), "#f0f0f0", 1);
  for (const double value : x.ticks()) {
    out += line(x.at(value), kTop, x.at(value), bottom, "#d0d0d0", 1) + label(x.at(value), bottom + 15, "middle", tick_text(value, false));
  }
  for (const double value : y.ticks()) out += line(kLeft, y.at(value), right, y.at(value), "#d0d0d0", 1);
  std::vector<double> named = y.ticks();
  if (named.size() < 3) {  // a short axis has room for more
    const std::vector<double> fine = y.fine_ticks();
    named.insert(named.end(), fine.begin(), fine.end());
  }
  for (const double value : named) out += label(kLeft - 6, y.at(value) + 4, "end", tick_text(value, y_is_time));
  out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" stroke=\"#888\"/>\n", kLeft, kTop, right - kLeft, bottom - kTop);
  out += label((kLeft + right) / 2, bottom + 32, "middle", x_label);
  const double middle = (kTop + bottom) / 2;
  out += label(14, middle, "middle", y_label, fmt::format("transform=\"rotate(-90 14 {:.1f})\"", middle).c_str());
  for (const ChartSeries& s : series) {
    if (!s.points.empty()) out += draw(s, x, y);
  }
  for (size_t i = 0; i < series.size(); ++i) {
    const double at_x = kLeft + (i % 2 == 0 ? 0 : (right - kLeft) / 2), at_y = bottom + 48 + kLegendLine * static_cast<double>(i / 2);
    out += fmt::format("<path d=\"M{:.1f},{:.1f} h22\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", at_x, at_y - 4, series[i].color, series[i].dashed ? " stroke-dasharray=\"5 4\"" : "");
    out += label(at_x + 28, at_y, "start", series[i].name);
  }
  return out + "</g>\n";
}

}  // namespace millrace
