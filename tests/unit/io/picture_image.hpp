#pragma once

#include <algorithm>
#include <filesystem>
#include <vector>

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>

#include "picture_canvas.hpp"

namespace tessera::io {

/// A PNG as it is read back; y counts from below.
struct Image {
  explicit Image(std::filesystem::path const &file)
  {
    reader->SetFileName(file.c_str());
    reader->Update();
    reader->GetOutput()->GetDimensions(size);
  }
  Colour at(int x, int y) const
  {
    auto const *p = static_cast<unsigned char *>(reader->GetOutput()->GetScalarPointer(x, y, 0));
    return {p[0], p[1], p[2]};
  }
  /// Pixels of exactly this colour.
  std::vector<Point> where(Colour c) const
  {
    std::vector<Point> found;
    for (int y = 0; y < size[1]; ++y) {
      for (int x = 0; x < size[0]; ++x) {
        Colour const p = at(x, y);
        if (p.red == c.red && p.green == c.green && p.blue == c.blue)
          found.push_back({double(x), double(y)});
      }
    }
    return found;
  }

  vtkNew<vtkPNGReader> reader;
  int size[3] = {};
};

struct Bounds {
  explicit Bounds(std::vector<Point> const &points)
  {
    for (Point p : points) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  }
  Point low{1e9, 1e9}, high{-1e9, -1e9};
};

}  // namespace tessera::io
