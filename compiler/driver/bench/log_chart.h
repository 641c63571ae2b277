#pragma once

#include <string>
#include <vector>

namespace millrace {

struct ChartPoint {
  double x = 0, y = 0;
  double low = 0, high = 0;  ///< a bar from one to the other; both 0: none
};

struct ChartSeries {
  std::string name;
  std::string color;
  bool dashed = false;
  bool has_marks = true;
  std::vector<ChartPoint> points;  ///< by ascending x, all positive
};

/// A chart with logarithmic axes as an SVG `g` of kChartWidth by kChartHeight; needs no style from outside.
struct LogChart {
  static constexpr int kWidth = 450;
  static constexpr int kHeight = 360;

  std::string title;
  std::string x_label;
  std::string y_label;
  bool y_is_time = false;  ///< nanoseconds: ticks read 1 us, 1 ms; else 1k, 1M
  std::vector<ChartSeries> series;

  std::string svg(int left, int top) const;
};

/// `text` as it may stand in HTML, SVG and their attributes.
std::string escape_markup(const std::string& text);

}  // namespace millrace
