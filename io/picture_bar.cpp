#include "picture_bar.hpp"

namespace tessera::io {

void draw_bar(Canvas &canvas, Point corner, double height, Axis const &range, Ticks const &ticks,
              ColourMap *colours)
{
  double const x = corner.x;
  int const steps = static_cast<int>(height);
  for (int i = 0; i < steps; ++i) {
    double const y = corner.y + height * i / steps;
    canvas.box({x, y}, {x + bar_width, y + height / steps + 0.5}, colours((i + 0.5) / steps));
  }
  TextStyle style = tick_text;
  style.up = Up::middle;
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    double const y = corner.y + range.share(ticks.at[i]) * height;
    canvas.line({x + bar_width, y}, {x + bar_width + 4, y}, {});
    canvas.text({x + bar_width + 8, y}, ticks.labels[i], style);
  }
  canvas.text({x, corner.y - 16}, ticks.factor, style);
}

}  // namespace tessera::io
