#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/picture.hpp>

#include <tessera/io/whole_file.hpp>
#include "picture_axes.hpp"
#include "picture_bar.hpp"
#include "picture_colour.hpp"

namespace tessera::io {
namespace {

constexpr double margin = 16, bar_gap = 16, shortest_side = 80;  // pixels

void check(FieldMap const &map)
{
  bool const sound = map.columns > 0 && map.rows > 0 && map.width > 0 && map.height > 0;
  if (sound && map.values.size() == map.columns * map.rows) return;
  throw Error(fmt::format("field map \"{}\": {} values for {} x {} cells over {} x {}", map.title,
                          map.values.size(), map.columns, map.rows, map.width, map.height));
}

/// What the bar spans: where all values are one, a range around that.
Axis range_of(FieldMap const &map)
{
  if (map.low < map.high) return {map.low, map.high};
  double const room = map.low == 0 ? 1 : 0.1 * std::abs(map.low);
  return {map.low - room, map.low + room};
}

/// One map with everything but its place.
struct Panel {
  FieldMap const *map;
  Frame frame;
  Axis range;
  Ticks bar_ticks;
  double width, height;  ///< of the frame, pixels
};

Panel make_panel(FieldMap const &map, double side)
{
  check(map);
  double const scale = side / std::max(map.width, map.height);
  Panel panel{&map,
              {},
              range_of(map),
              {},
              std::max(shortest_side, scale * map.width),
              std::max(shortest_side, scale * map.height)};
  panel.frame.x = {0, map.width};
  panel.frame.y = {0, map.height};
  panel.frame.x_ticks = ticks_across(panel.frame.x, panel.width, tick_text);
  panel.frame.y_ticks = make_ticks(panel.frame.y, panel.height / 45);
  panel.bar_ticks = make_ticks(panel.range, panel.height / 45);
  return panel;
}

/// Room that all panels of a picture share, so that their axes line up.
struct Layout {
  double left = 0, right = 0, below = 64, above = 34;
  double width = 0, height = 0;  ///< of the largest frame

  double panel_width() const { return left + width + right; }
  double panel_height() const { return above + height + below; }
};

Layout make_layout(std::vector<Panel> const &panels)
{
  Layout layout;
  for (Panel const &panel : panels) {
    Ticks const &y = panel.frame.y_ticks, &bar = panel.bar_ticks;
    double const labels =
        std::max(8 + widest(bar.labels, tick_text), text_width(bar.factor, tick_text) - bar_width);
    layout.left = std::max(layout.left, margin + 26 + widest(y.labels, tick_text) + 12);
    layout.right = std::max(layout.right, bar_gap + bar_width + labels + margin);
    layout.above = std::max(layout.above, y.factor.empty() ? 34. : 52.);
    layout.width = std::max(layout.width, panel.width);
    layout.height = std::max(layout.height, panel.height);
  }
  return layout;
}

void draw_cells(Canvas &canvas, Panel const &panel)
{
  FieldMap const &map = *panel.map;
  // More than two of them along a pixel could not be told apart.
  auto const shown = [](std::size_t cells, double pixels) {
    return std::min(cells, static_cast<std::size_t>(2 * pixels));
  };
  std::size_t const columns = shown(map.columns, panel.width), rows = shown(map.rows, panel.height);
  auto const edge = [](std::size_t i, std::size_t count, double length) {
    return length * static_cast<double>(i) / static_cast<double>(count);
  };
  for (std::size_t i = 0; i < columns; ++i) {
    double const left = edge(i, columns, map.width), right = edge(i + 1, columns, map.width);
    std::size_t const column = i * map.columns / columns;
    for (std::size_t j = 0; j < rows; ++j) {
      double const value = map.values[column * map.rows + j * map.rows / rows];
      double const share = panel.range.share(value);
      Colour const colour = !std::isfinite(value) ? unknown
                            : map.parting         ? parting_map(share)
                                                  : colour_map(share);
      canvas.box(panel.frame.place(left, edge(j, rows, map.height)),
                 panel.frame.place(right, edge(j + 1, rows, map.height)), colour);
    }
  }
}

/// Dark lines in pale ones, which stand out from every colour of a map.
void draw_borders(Canvas &canvas, Panel const &panel)
{
  for (Stroke const &stroke :
       {Stroke{.colour = paper, .width = 3}, Stroke{.colour = ink, .width = 1.6}}) {
    for (Rectangle const &border : panel.map->borders) {
      draw_outline(canvas, panel.frame.place(border.left, border.below),
                   panel.frame.place(border.right, border.above), stroke);
    }
  }
  draw_outline(canvas, panel.frame.low, panel.frame.high, {});
}

/// One panel whose upper left corner is `corner`.
void draw_panel(Canvas &canvas, Panel panel, Layout const &layout, Point corner)
{
  Frame &frame = panel.frame;
  frame.high = {corner.x + layout.left + panel.width, corner.y - layout.above};
  frame.low = {corner.x + layout.left, frame.high.y - panel.height};
  draw_frame(canvas, frame);
  draw_cells(canvas, panel);
  draw_borders(canvas, panel);
  draw_bar(canvas, {frame.high.x + bar_gap, frame.low.y}, panel.height, panel.range,
           panel.bar_ticks, panel.map->parting ? parting_map : colour_map);

  auto const put = [&](Point at, std::string const &text, TextStyle style, double room) {
    style.across = Across::centre;
    style.up = Up::middle;
    canvas.text(at, text, fitted(text, style, room));
  };
  double const centre = (frame.low.x + frame.high.x) / 2;
  TextStyle upright = title_text;
  upright.upright = true;
  put({centre, corner.y - 16}, panel.map->title, head_text, layout.panel_width() - 2 * margin);
  put({centre, frame.low.y - 44}, panel.map->x_title, title_text, panel.width);
  put({corner.x + margin + 6, (frame.low.y + frame.high.y) / 2}, panel.map->y_title, upright,
      panel.height);
}

}  // namespace

void write_png(std::filesystem::path const &file, std::vector<FieldMap> const &maps, int columns,
               std::string const &title)
{
  if (maps.empty()) throw Error("no map to draw in " + file.string());
  columns = std::clamp(columns, 1, static_cast<int>(maps.size()));
  int const rows = (static_cast<int>(maps.size()) + columns - 1) / columns;
  std::vector<Panel> panels;
  for (FieldMap const &map : maps) panels.push_back(make_panel(map, columns <= 3 ? 250 : 180));
  Layout const layout = make_layout(panels);
  double const head = title.empty() ? 0 : 30;

  Canvas canvas(columns * layout.panel_width(), margin + head + rows * layout.panel_height());
  TextStyle style = head_text;
  style.size = 18;
  style.across = Across::centre;
  style.up = Up::middle;
  canvas.text({canvas.width() / 2, canvas.height() - margin / 2 - 12}, title,
              fitted(title, style, canvas.width() - 2 * margin));
  for (int i = 0; i < static_cast<int>(panels.size()); ++i) {
    Point const corner{i % columns * layout.panel_width(),
                       canvas.height() - margin / 2 - head - i / columns * layout.panel_height()};
    draw_panel(canvas, panels[static_cast<std::size_t>(i)], layout, corner);
  }
  write_whole(file, canvas.png(), Durability::cached);
}

}  // namespace tessera::io
