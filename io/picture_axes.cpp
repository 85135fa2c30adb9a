#include "picture_axes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace tessera::io {
namespace {

constexpr double tick_length = 5;

double power(int exponent)
{
  return std::pow(10.0, exponent);
}

int floor_log(double value)
{
  return static_cast<int>(std::floor(std::log10(value) + 1e-9));
}

/// The smallest of 1, 2, 5 times a power of ten that is no smaller than `step`.
double round_step(double step)
{
  double const unit = power(floor_log(step));
  for (double factor : {1., 2., 5.}) {
    if (factor * unit >= step * (1 - 1e-9)) return factor * unit;
  }
  return 10 * unit;
}

Ticks linear_ticks(Axis const &axis, double most)
{
  Ticks ticks;
  double const step = round_step((axis.high - axis.low) / most);
  int const largest = floor_log(std::max(std::abs(axis.low), std::abs(axis.high)));
  // Beyond five digits the power of ten stands once at the end of the axis.
  int const shared = largest >= 5 || largest <= -4 ? largest : 0;
  if (shared != 0) ticks.factor = fmt::format("×10^{{{}}}", shared);
  int const decimals = std::max(0, shared - floor_log(step));
  double const first = std::ceil(axis.low / step - 1e-9),
               last = std::floor(axis.high / step + 1e-9);
  for (double k = first; k <= last; ++k) {
    ticks.at.push_back(k * step);
    ticks.labels.push_back(
        fmt::format("{:.{}f}", k == 0 ? 0. : k * step / power(shared), decimals));
  }
  return ticks;
}

/// "20" or "2×10^{-6}", whichever is shorter to read.
std::string factor_label(int factor, int exponent)
{
  if (exponent >= -3 && exponent <= 3) return fmt::format("{:g}", factor * power(exponent));
  std::string const ten = fmt::format("10^{{{}}}", exponent);
  return factor == 1 ? ten : fmt::format("{}×{}", factor, ten);
}

/// 1, 2 and 5 times powers of ten: for an axis too short for whole powers alone.
Ticks short_log_ticks(Axis const &axis)
{
  Ticks ticks;
  for (int k = floor_log(axis.low); k <= floor_log(axis.high); ++k) {
    for (int factor = 1; factor < 10; ++factor) {
      double const value = factor * power(k);
      if (value < axis.low || value > axis.high) continue;
      if (factor == 1 || factor == 2 || factor == 5) {
        ticks.at.push_back(value);
        ticks.labels.push_back(factor_label(factor, k));
      } else {
        ticks.minor.push_back(value);
      }
    }
  }
  return ticks;
}

Ticks log_ticks(Axis const &axis, double most)
{
  double const low = std::log10(axis.low), high = std::log10(axis.high);
  int const first = static_cast<int>(std::ceil(low - 1e-9));
  int const last = static_cast<int>(std::floor(high + 1e-9));
  if (last - first < 2) {
    Ticks ticks = short_log_ticks(axis);
    return ticks.at.size() >= 2 ? ticks : linear_ticks(axis, most);
  }
  Ticks ticks;
  int const stride = std::max(1, static_cast<int>(std::ceil((last - first + 1) / most)));
  for (int k = first - 1; k <= last; ++k) {
    if (k >= first && k % stride == 0) {
      ticks.at.push_back(power(k));
      ticks.labels.push_back(fmt::format("10^{{{}}}", k));
    } else if (k >= first) {
      ticks.minor.push_back(power(k));
    }
    for (int factor = 2; factor < 10 && stride == 1; ++factor) {
      double const value = factor * power(k);
      if (value >= axis.low && value <= axis.high) ticks.minor.push_back(value);
    }
  }
  return ticks;
}

void draw_x(Canvas &canvas, Frame const &frame)
{
  TextStyle style = tick_text;
  style.across = Across::centre;
  style.up = Up::top;
  for (std::size_t i = 0; i < frame.x_ticks.at.size(); ++i) {
    double const x = frame.place(frame.x_ticks.at[i], frame.y.low).x;
    canvas.line({x, frame.low.y}, {x, frame.high.y}, {.colour = faint});
    canvas.line({x, frame.low.y - tick_length}, {x, frame.low.y}, {});
    canvas.text({x, frame.low.y - tick_length - 5}, frame.x_ticks.labels[i], style);
  }
  for (double value : frame.x_ticks.minor) {
    double const x = frame.place(value, frame.y.low).x;
    canvas.line({x, frame.low.y - tick_length / 2}, {x, frame.low.y}, {});
  }
  style.across = Across::right;
  canvas.text({frame.high.x, frame.low.y - tick_length - 23}, frame.x_ticks.factor, style);
}

void draw_y(Canvas &canvas, Frame const &frame)
{
  TextStyle style = tick_text;
  style.across = Across::right;
  style.up = Up::middle;
  for (std::size_t i = 0; i < frame.y_ticks.at.size(); ++i) {
    double const y = frame.place(frame.x.low, frame.y_ticks.at[i]).y;
    canvas.line({frame.low.x, y}, {frame.high.x, y}, {.colour = faint});
    canvas.line({frame.low.x - tick_length, y}, {frame.low.x, y}, {});
    canvas.text({frame.low.x - tick_length - 5, y}, frame.y_ticks.labels[i], style);
  }
  for (double value : frame.y_ticks.minor) {
    double const y = frame.place(frame.x.low, value).y;
    canvas.line({frame.low.x - tick_length / 2, y}, {frame.low.x, y}, {});
  }
  style.across = Across::left;
  style.up = Up::baseline;
  canvas.text({frame.low.x, frame.high.y + 6}, frame.y_ticks.factor, style);
}

}  // namespace

double Axis::share(double value) const
{
  if (!logarithmic) return (value - low) / (high - low);
  return std::log(value / low) / std::log(high / low);
}

bool Axis::takes(double value) const
{
  return std::isfinite(value) && (!logarithmic || value > 0);
}

Axis axis_around(std::vector<std::vector<double> const *> const &values, bool logarithmic)
{
  Axis axis{std::numeric_limits<double>::infinity(), 0, logarithmic};
  axis.high = -axis.low;
  for (auto const *list : values) {
    for (double value : *list) {
      if (!axis.takes(value)) continue;
      axis.low = std::min(axis.low, value);
      axis.high = std::max(axis.high, value);
    }
  }
  if (axis.low > axis.high) return logarithmic ? Axis{0.1, 1, true} : Axis{0, 1, false};
  if (logarithmic) {
    double const room = axis.high > axis.low ? std::pow(axis.high / axis.low, 0.04) : 3;
    return {axis.low / room, axis.high * room, true};
  }
  double const size = std::max(std::abs(axis.low), std::abs(axis.high));
  double const span = axis.high - axis.low;
  // Values that differ by rounding alone are shown as one value.
  double const room = span > 1e-12 * size ? 0.04 * span : size > 0 ? 0.1 * size : 1;
  return {axis.low - room, axis.high + room, false};
}

Ticks make_ticks(Axis const &axis, double most)
{
  most = std::max(1., most);
  return axis.logarithmic ? log_ticks(axis, most) : linear_ticks(axis, most);
}

TextStyle fitted(std::string const &text, TextStyle style, double width)
{
  constexpr double smallest = 8;
  while (style.size > smallest && text_width(text, style) > width) style.size -= 0.5;
  return style;
}

double widest(std::vector<std::string> const &labels, TextStyle const &style)
{
  double width = 0;
  for (std::string const &label : labels) width = std::max(width, text_width(label, style));
  return width;
}

Ticks ticks_across(Axis const &axis, double width, TextStyle const &style)
{
  for (int most = 10; most > 1; --most) {
    Ticks ticks = make_ticks(axis, most);
    double const needed = double(ticks.at.size()) * (widest(ticks.labels, style) + 20);
    if (needed <= width) return ticks;
  }
  return make_ticks(axis, 1);
}

Point Frame::place(double x_value, double y_value) const
{
  return {low.x + x.share(x_value) * (high.x - low.x), low.y + y.share(y_value) * (high.y - low.y)};
}

void draw_frame(Canvas &canvas, Frame const &frame)
{
  draw_x(canvas, frame);
  draw_y(canvas, frame);
  draw_outline(canvas, frame.low, frame.high, {});
}

void draw_outline(Canvas &canvas, Point low, Point high, Stroke const &stroke)
{
  Point const a = low, c = high;
  for (auto const &[from, to] : std::array<std::array<Point, 2>, 4>{
           {{a, {c.x, a.y}}, {{a, {a.x, c.y}}}, {{{a.x, c.y}, c}}, {{{c.x, a.y}, c}}}}) {
    canvas.line(from, to, stroke);
  }
}

}  // namespace tessera::io
