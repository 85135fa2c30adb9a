#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/picture.hpp>

#include <tessera/io/whole_file.hpp>
#include "picture_axes.hpp"
#include "picture_bar.hpp"
#include "picture_colour.hpp"

namespace tessera::io {
namespace {

constexpr double margin = 16, longest_label = 420;  // pixels
constexpr TextStyle cell_text{.size = 12, .across = Across::centre, .up = Up::middle};

/// From zero, unless all values lie far from it; a map of one value gets a range around it.
Axis range_of(std::vector<double> const &values)
{
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {0, 1};
  if (low > 0 && low < 0.5 * high) low = 0;
  if (high < 0 && high > 0.5 * low) high = 0;
  if (low < high) return {low, high};
  return low == 0 ? Axis{0, 1} : Axis{std::min(0., low), std::max(0., low)};
}

/// The text of a cell: whole numbers as such, others with three digits.
std::vector<std::string> cell_labels(std::vector<double> const &values)
{
  bool const whole = std::all_of(values.begin(), values.end(), [](double value) {
    return !std::isfinite(value) || (value == std::round(value) && std::abs(value) < 1e5);
  });
  bool const shares = std::all_of(values.begin(), values.end(), [](double value) {
    return !std::isfinite(value) || std::abs(value) <= 10;
  });
  std::vector<std::string> labels;
  for (double value : values) {
    labels.push_back(!std::isfinite(value) ? ""
                     : value == 0          ? "0"
                     : whole               ? fmt::format("{:.0f}", value)
                     : shares              ? fmt::format("{:.2f}", value)
                                           : fmt::format("{:.3g}", value));
  }
  return labels;
}

/// A label cut to `longest_label` pixels.
std::string shortened(std::string text)
{
  if (text_width(text, tick_text) <= longest_label) return text;
  while (!text.empty() && text_width(text + "...", tick_text) > longest_label) {
    // A letter of several bytes goes as a whole.
    while (text.size() > 1 && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80)
      text.pop_back();
    text.pop_back();
  }
  return text + "...";
}

struct Layout {
  std::size_t rows, columns;
  double cell_width, cell_height;
  double left, below, above, right;  ///< room around the cells
  bool upright;                      ///< column labels read from below
  bool values;                       ///< printed in the cells

  double width() const { return double(columns) * cell_width; }
  double height() const { return double(rows) * cell_height; }
};

void check(HeatMap const &map)
{
  if (map.row_labels.empty() || map.column_labels.empty() ||
      map.values.size() != map.row_labels.size() * map.column_labels.size()) {
    throw Error(fmt::format("heat map \"{}\": {} values for {} row and {} column labels", map.title,
                            map.values.size(), map.row_labels.size(), map.column_labels.size()));
  }
}

Layout make_layout(HeatMap const &map, std::vector<std::string> const &cells, double bar_labels)
{
  Layout layout{};
  layout.rows = map.row_labels.size();
  layout.columns = map.column_labels.size();
  double const label = widest(map.column_labels, tick_text), cell = widest(cells, cell_text);
  double const share = 560.0 / double(layout.columns);
  layout.upright = label + 14 > std::max(share, 48.);
  layout.cell_width = std::clamp(share, 4., 72.);
  if (!layout.upright) layout.cell_width = std::max(layout.cell_width, label + 14);
  layout.cell_height = std::clamp(std::floor(1000.0 / double(layout.rows)), 3., 28.);
  layout.cell_height = std::min(layout.cell_height, 6000.0 / double(layout.rows));
  layout.values = cell + 8 <= layout.cell_width && layout.cell_height >= 16;
  layout.left = margin + widest(map.row_labels, tick_text) + 10 + (map.row_title.empty() ? 0 : 28);
  layout.below = margin + (layout.upright ? label + 10 : 24) + (map.column_title.empty() ? 0 : 26);
  layout.above = margin + (map.title.empty() ? 0 : 30);
  layout.right = 24 + bar_width + 10 + bar_labels + margin;
  // A title wider than its cells asks for room at both sides.
  double const overhang = (text_width(map.title, head_text) - layout.width()) / 2 + margin;
  layout.left = std::max(layout.left, overhang);
  layout.right = std::max(layout.right, overhang);
  return layout;
}

void draw_cells(Canvas &canvas, HeatMap const &map, std::vector<std::string> const &labels,
                Layout const &layout, Axis const &range)
{
  double const line = layout.cell_height >= 8 && layout.cell_width >= 8 ? 1 : 0;
  double const top = canvas.height() - layout.above;
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    double const x = layout.left + double(i % layout.columns) * layout.cell_width;
    double const y = top - double(i / layout.columns + 1) * layout.cell_height;
    Colour const colour =
        std::isfinite(map.values[i]) ? colour_map(range.share(map.values[i])) : unknown;
    canvas.box({x, y}, {x + layout.cell_width - line, y + layout.cell_height - line}, colour);
    if (!layout.values) continue;
    TextStyle style = cell_text;
    style.colour = ink_on(colour);
    canvas.text({x + (layout.cell_width - line) / 2, y + (layout.cell_height - line) / 2},
                labels[i], style);
  }
}

/// Labels of rows and columns, every n-th where there is no room for all.
void draw_labels(Canvas &canvas, HeatMap const &map, Layout const &layout)
{
  constexpr double line_height = 15;
  double const top = canvas.height() - layout.above, bottom = top - layout.height();
  auto const every = [](double cell, double needed) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(needed / cell)));
  };
  TextStyle style = tick_text;
  style.across = Across::right;
  style.up = Up::middle;
  for (std::size_t i = 0; i < layout.rows; i += every(layout.cell_height, line_height)) {
    canvas.text({layout.left - 8, top - (double(i) + 0.5) * layout.cell_height}, map.row_labels[i],
                style);
  }
  style.upright = layout.upright;
  style.across = layout.upright ? Across::right : Across::centre;
  style.up = layout.upright ? Up::middle : Up::top;
  std::size_t const stride = layout.upright ? every(layout.cell_width, line_height) : 1;
  for (std::size_t j = 0; j < layout.columns; j += stride) {
    double const x = layout.left + (double(j) + 0.5) * layout.cell_width;
    canvas.text({x, bottom - 8}, map.column_labels[j], style);
  }
}

void draw_titles(Canvas &canvas, HeatMap const &map, Layout const &layout)
{
  TextStyle head = head_text, title = title_text;
  head.across = title.across = Across::centre;
  head.up = title.up = Up::middle;
  double const height = layout.height();
  double const centre = layout.left + layout.width() / 2;
  canvas.text({centre, canvas.height() - margin - 8}, map.title, head);
  canvas.text({centre, margin + 4}, map.column_title, title);
  title.upright = true;
  title = fitted(map.row_title, title, std::max(height, 60.));
  canvas.text({margin + 6, canvas.height() - layout.above - height / 2}, map.row_title, title);
}

}  // namespace

void write_png(std::filesystem::path const &file, HeatMap const &given)
{
  check(given);
  HeatMap map = given;
  for (auto *labels : {&map.row_labels, &map.column_labels}) {
    for (std::string &label : *labels) label = shortened(std::move(label));
  }
  std::vector<std::string> const cells = cell_labels(map.values);
  Axis const range = range_of(map.values);
  Ticks const ticks = make_ticks(range, 6);
  Layout const layout = make_layout(map, cells, widest(ticks.labels, tick_text));
  Canvas canvas(layout.left + layout.width() + layout.right,
                layout.above + layout.height() + layout.below);
  draw_cells(canvas, map, cells, layout, range);
  draw_labels(canvas, map, layout);
  draw_titles(canvas, map, layout);
  double const height = std::min(layout.height(), 360.);
  draw_bar(canvas, {layout.left + layout.width() + 24, canvas.height() - layout.above - height},
           height, range, ticks, colour_map);
  write_whole(file, canvas.png(), Durability::cached);
}

}  // namespace tessera::io
