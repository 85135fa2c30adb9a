#pragma once

#include <string>
#include <vector>

#include "picture_canvas.hpp"

namespace tessera::io {

/// The values one side of a picture spans.
struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;

  /// 0 at `low`, 1 at `high`.
  double share(double value) const;
  /// Whether the axis has a place for a value: finite, and positive on a logarithmic axis.
  bool takes(double value) const;
};

/// The axis around all values it can take, with a little room at both ends.
Axis axis_around(std::vector<std::vector<double> const *> const &values, bool logarithmic);

struct Ticks {
  std::vector<double> at;
  std::vector<std::string> labels;  ///< one for each of `at`
  std::vector<double> minor;        ///< without labels
  std::string factor;               ///< what every label is times, for instance "×10^{5}"
};

/// At most about `most` ticks at round values: steps of 1, 2 or 5, or whole powers of ten.
Ticks make_ticks(Axis const &axis, double most);

/// As many ticks as fit side by side below `width` pixels.
Ticks ticks_across(Axis const &axis, double width, TextStyle const &style);

/// Width in pixels of the widest label.
double widest(std::vector<std::string> const &labels, TextStyle const &style);

/// `style` with the largest font, up to its own, in which a text takes no more than `width` pixels.
TextStyle fitted(std::string const &text, TextStyle style, double width);

constexpr TextStyle tick_text{.size = 13}, title_text{.size = 15};
constexpr TextStyle head_text{.size = 16, .bold = true};

/// The rectangle in which curves are drawn.
struct Frame {
  Point low, high;  ///< corners, pixels
  Axis x, y;
  Ticks x_ticks, y_ticks;

  Point place(double x_value, double y_value) const;
};

/// Grid lines, border, ticks and their labels.
void draw_frame(Canvas &canvas, Frame const &frame);

/// The four sides of a rectangle.
void draw_outline(Canvas &canvas, Point low, Point high, Stroke const &stroke);

}  // namespace tessera::io
