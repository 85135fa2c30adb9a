#pragma once

#include "picture_axes.hpp"

namespace tessera::io {

constexpr double bar_width = 18;  // pixels

/// A colour for each share of a range, 0 to 1.
using ColourMap = Colour(double);

/// Draws the colours of a range from below to above, with ticks to the right. `corner` is the lower
/// left one, `height` in pixels.
void draw_bar(Canvas &canvas, Point corner, double height, Axis const &range, Ticks const &ticks,
              ColourMap *colours);

}  // namespace tessera::io
