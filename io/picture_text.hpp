#pragma once

#include <array>
#include <string>
#include <vector>

#include <vtkImageData.h>
#include <vtkSmartPointer.h>

#include "picture_canvas.hpp"

namespace tessera::io {

/// Canvas pixels along one pixel of the picture.
constexpr int fine = 3;

/// A rendered run of text (red, green, blue, coverage) and the canvas pixel of its lower left
/// corner.
struct Label {
  vtkSmartPointer<vtkImageData> image;
  std::array<int, 2> size{};
  int x = 0, y = 0;
};

/// Renders a text at an anchor: one label for each run in one size.
std::vector<Label> render_text(Point anchor, std::string const &text, TextStyle const &style);

}  // namespace tessera::io
