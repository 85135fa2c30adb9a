#include <algorithm>
#include <cmath>
#include <numeric>

#include <tessera/core/error.hpp>
#include <tessera/io/picture.hpp>

#include <tessera/io/whole_file.hpp>
#include "picture_axes.hpp"
#include "picture_colour.hpp"

namespace tessera::io {
namespace {

constexpr double margin = 16, row_height = 24, sample = 30, gap = 22;  // pixels

struct Entry {
  Curve const *curve;
  double width;
};

using Rows = std::vector<std::vector<Entry>>;

/// The named curves of a plot in rows no wider than `width`.
Rows legend_rows(Plot const &plot, double width)
{
  Rows rows;
  double used = 0;
  for (Curve const &curve : plot.curves) {
    if (curve.label.empty()) continue;
    double const needed = sample + 6 + text_width(curve.label, tick_text) + gap;
    if (rows.empty() || used + needed > width) {
      rows.emplace_back();
      used = 0;
    }
    rows.back().push_back({&curve, needed});
    used += needed;
  }
  return rows;
}

Stroke stroke_of(Curve const &curve)
{
  constexpr std::size_t dense = 1000;  // points, beyond which noise would fill a band
  // A solid line shows at both sides of a dashed one that covers it.
  double const width = curve.x.size() > dense ? 1.3 : curve.dashed ? 1.8 : 2.4;
  return {palette(curve.colour), width, curve.dashed};
}

void draw_legend(Canvas &canvas, Rows const &rows, double centre, double top)
{
  TextStyle style = tick_text;
  style.up = Up::middle;
  double y = top - row_height / 2;
  for (auto const &row : rows) {
    double width = -gap;
    for (Entry const &entry : row) width += entry.width;
    double x = centre - width / 2;
    for (Entry const &entry : row) {
      if (!entry.curve->upper.empty()) {
        canvas.box({x, y - 6}, {x + sample, y + 6}, pale(entry.curve->colour));
      } else if (entry.curve->points) {
        canvas.disk({x + sample / 2, y}, 3.5, palette(entry.curve->colour));
      } else {
        canvas.line({x, y}, {x + sample, y}, stroke_of(*entry.curve));
      }
      canvas.text({x + sample + 6, y}, entry.curve->label, style);
      x += entry.width;
    }
    y -= row_height;
  }
}

bool same_legend(Plot const &a, Plot const &b)
{
  return std::equal(a.curves.begin(), a.curves.end(), b.curves.begin(), b.curves.end(),
                    [](Curve const &p, Curve const &q) {
                      return p.label == q.label && p.colour == q.colour && p.dashed == q.dashed &&
                             p.points == q.points && p.upper.empty() == q.upper.empty();
                    });
}

/// Sizes that all panels of a picture share, so that their axes line up.
struct Layout {
  double width, height;  ///< of one frame
  double left = 0, right = margin, below = 0, above = 0;
  bool shared_legend = true;

  double panel_width() const { return left + width + right; }
  double panel_height() const { return above + height + below; }
};

void check(Plot const &plot)
{
  for (Curve const &curve : plot.curves) {
    bool const band = !curve.upper.empty();
    if (curve.x.size() != curve.y.size() || (band && curve.x.size() != curve.upper.size())) {
      throw Error("plot \"" + plot.title + "\", curve \"" + curve.label +
                  "\": " + std::to_string(curve.x.size()) + " x for " +
                  std::to_string(curve.y.size()) + " y");
    }
  }
}

/// Widens the axis on which a unit takes more pixels, about its middle.
void make_equal(Frame &frame, Layout const &layout)
{
  double const unit = std::max((frame.x.high - frame.x.low) / layout.width,
                               (frame.y.high - frame.y.low) / layout.height);
  auto const widen = [unit](Axis &axis, double pixels) {
    double const middle = (axis.low + axis.high) / 2;
    axis = {middle - unit * pixels / 2, middle + unit * pixels / 2, false};
  };
  widen(frame.x, layout.width);
  widen(frame.y, layout.height);
}

/// The axis of y: around lines and dots, and bands as far as Curve says.
Axis axis_of_heights(Plot const &plot)
{
  std::vector<std::vector<double> const *> lines;
  for (Curve const &curve : plot.curves) {
    if (curve.upper.empty()) lines.push_back(&curve.y);
  }
  Axis const inner = axis_around(lines, plot.log_y);
  double const span = inner.high - inner.low;
  std::vector<std::vector<double>> edges;
  for (Curve const &curve : plot.curves) {
    if (curve.upper.empty()) continue;
    for (auto const *edge : {&curve.y, &curve.upper}) {
      edges.push_back(*edge);
      for (double &value : edges.back()) {
        double const low = plot.log_y ? inner.low : inner.low - span;
        value = std::isnan(value) ? value : std::clamp(value, low, inner.high + span);
      }
    }
  }
  for (auto const &edge : edges) lines.push_back(&edge);
  return edges.empty() ? inner : axis_around(lines, plot.log_y);
}

/// Axes and ticks of a plot; its corners are set where it is drawn.
Frame measure(Plot const &plot, Layout const &layout)
{
  check(plot);
  std::vector<std::vector<double> const *> xs;
  for (Curve const &curve : plot.curves) xs.push_back(&curve.x);
  Frame frame;
  frame.x = axis_around(xs, false);
  frame.y = axis_of_heights(plot);
  if (plot.equal_axes && !plot.log_y) make_equal(frame, layout);
  frame.x_ticks = ticks_across(frame.x, layout.width, tick_text);
  double most = layout.height / 55;
  if (plot.equal_axes && frame.x_ticks.at.size() > 1) {  // one step for both
    double const step = frame.x_ticks.at[1] - frame.x_ticks.at[0];
    most = std::min(layout.height / 24, (frame.y.high - frame.y.low) / step);
  }
  frame.y_ticks = make_ticks(frame.y, most);
  return frame;
}

Layout make_layout(std::vector<Plot> const &plots, int columns)
{
  Layout layout{columns == 1 ? 720. : columns == 2 ? 400. : 300., 0};
  bool const equal = std::any_of(plots.begin(), plots.end(), [](auto &p) { return p.equal_axes; });
  layout.height = std::round(layout.width * (equal ? 0.85 : 0.58));
  for (Plot const &plot : plots) {
    Frame const frame = measure(plot, layout);
    layout.left = std::max(layout.left, margin + widest(frame.y_ticks.labels, tick_text) + 12 +
                                            (plot.y_title.empty() ? 0 : 26));
    layout.below = std::max(layout.below, (plot.x_title.empty() ? 38. : 64.));
    layout.above = std::max(
        layout.above, (plot.title.empty() ? 0 : 34.) + (frame.y_ticks.factor.empty() ? 0 : 18));
    layout.shared_legend = layout.shared_legend && same_legend(plots.front(), plot);
  }
  layout.above = std::max(layout.above, 14.);
  if (layout.shared_legend) return layout;
  std::size_t rows = 0;
  for (Plot const &plot : plots) rows = std::max(rows, legend_rows(plot, layout.width).size());
  layout.above += double(rows) * row_height;
  return layout;
}

void draw_curve(Canvas &canvas, Frame const &frame, Curve const &curve)
{
  std::vector<Point> run;  // up to the next value the axes have no place for
  auto const flush = [&] {
    if (run.size() == 1) canvas.disk(run.front(), 3, palette(curve.colour));
    canvas.path(run, stroke_of(curve));
    run.clear();
  };
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (!frame.x.takes(curve.x[i]) || !frame.y.takes(curve.y[i])) {
      flush();
    } else if (curve.points) {
      canvas.disk(frame.place(curve.x[i], curve.y[i]), 2.5, palette(curve.colour));
    } else {
      run.push_back(frame.place(curve.x[i], curve.y[i]));
    }
  }
  flush();
}

/// A band, cut off at the frame and where an edge is not a number.
void draw_band(Canvas &canvas, Frame const &frame, Curve const &curve)
{
  std::vector<Point> low, high;
  auto const flush = [&] {
    canvas.surface(low, high, pale(curve.colour));
    low.clear(), high.clear();
  };
  auto const inside = [&](double value) { return std::clamp(value, frame.y.low, frame.y.high); };
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    if (std::isnan(curve.y[i]) || std::isnan(curve.upper[i])) {
      flush();
    } else {
      low.push_back(frame.place(curve.x[i], inside(curve.y[i])));
      high.push_back(frame.place(curve.x[i], inside(curve.upper[i])));
    }
  }
  flush();
}

/// One panel whose upper left corner is `corner`.
void draw_panel(Canvas &canvas, Plot const &plot, Layout const &layout, Point corner)
{
  Frame frame = measure(plot, layout);
  frame.low = {corner.x + layout.left, corner.y - layout.above - layout.height};
  frame.high = {frame.low.x + layout.width, corner.y - layout.above};
  for (Curve const &curve : plot.curves) {
    if (!curve.upper.empty()) draw_band(canvas, frame, curve);
  }
  draw_frame(canvas, frame);
  for (Curve const &curve : plot.curves) {
    if (curve.upper.empty()) draw_curve(canvas, frame, curve);
  }

  double const centre = (frame.low.x + frame.high.x) / 2;
  auto const put = [&](Point at, std::string const &text, TextStyle style, double room) {
    style.across = Across::centre;
    style.up = Up::middle;
    canvas.text(at, text, fitted(text, style, room));
  };
  TextStyle upright = title_text;
  upright.upright = true;
  put({centre, corner.y - 16}, plot.title, head_text, layout.panel_width() - margin);
  put({centre, frame.low.y - 44}, plot.x_title, title_text, layout.width);
  put({corner.x + margin + 6, (frame.low.y + frame.high.y) / 2}, plot.y_title, upright,
      layout.height);
  if (!layout.shared_legend) {
    draw_legend(canvas, legend_rows(plot, layout.width), centre,
                corner.y - (plot.title.empty() ? 0 : 30));
  }
}

}  // namespace

void write_png(std::filesystem::path const &file, std::vector<Plot> const &plots, int columns)
{
  if (plots.empty()) throw Error("no plot to draw in " + file.string());
  columns = std::clamp(columns, 1, static_cast<int>(plots.size()));
  int const rows = (static_cast<int>(plots.size()) + columns - 1) / columns;
  Layout const layout = make_layout(plots, columns);
  double const width = columns * layout.panel_width();
  Rows const legend =
      layout.shared_legend ? legend_rows(plots.front(), width - 2 * margin) : Rows{};
  double const head = legend.empty() ? 0 : double(legend.size()) * row_height + 8;

  Canvas canvas(width, margin + head + rows * layout.panel_height());
  draw_legend(canvas, legend, width / 2, canvas.height() - margin / 2);
  for (int i = 0; i < static_cast<int>(plots.size()); ++i) {
    Point const corner{i % columns * layout.panel_width(),
                       canvas.height() - margin / 2 - head - i / columns * layout.panel_height()};
    draw_panel(canvas, plots[static_cast<std::size_t>(i)], layout, corner);
  }
  write_whole(file, canvas.png(), Durability::cached);
}

}  // namespace tessera::io
