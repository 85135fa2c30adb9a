#include "picture_canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <vtkImageCanvasSource2D.h>
#include <vtkImageData.h>
#include <vtkImageShrink3D.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>

#include "picture_text.hpp"

namespace tessera::io {
namespace {

constexpr double dash_on = 8, dash_off = 5;  // pixels

int grid(double pixels)
{
  return static_cast<int>(std::lround(pixels * fine));
}

}  // namespace

struct Canvas::Impl {
  vtkNew<vtkImageCanvasSource2D> source;
  std::vector<Label> labels;  // the canvas blends nothing, so text waits for the finished drawing

  void colour(Colour c) { source->SetDrawColor(c.red, c.green, c.blue); }

  /// Rows of a disk, `radius` in canvas pixels.
  void disk(int x, int y, double radius)
  {
    int const reach = static_cast<int>(radius);
    for (int dy = -reach; dy <= reach; ++dy) {
      int const dx = static_cast<int>(std::sqrt(radius * radius - dy * dy));
      source->FillBox(x - dx, x + dx, y + dy, y + dy);
    }
  }

  /// One straight piece with round ends, filled column by column (or row by row where it is
  /// steep): FillTube visits every pixel of the canvas for each piece.
  void tube(Point a, Point b, double width)
  {
    double const radius = width * fine / 2;
    disk(grid(a.x), grid(a.y), radius);
    disk(grid(b.x), grid(b.y), radius);
    bool const steep = std::abs(b.y - a.y) > std::abs(b.x - a.x);
    if (steep) {
      std::swap(a.x, a.y);
      std::swap(b.x, b.y);
    }
    if (a.x > b.x) std::swap(a, b);
    int const first = grid(a.x), last = grid(b.x);
    double const slope = first < last ? (b.y - a.y) / (b.x - a.x) : 0;
    double const half = radius * std::hypot(1, slope);
    for (int i = first; i <= last && first < last; ++i) {
      double const middle = fine * a.y + slope * (i - fine * a.x);
      int const low = static_cast<int>(std::lround(middle - half));
      int const high = static_cast<int>(std::lround(middle + half)) - 1;
      steep ? source->FillBox(low, high, i, i) : source->FillBox(i, i, low, high);
    }
  }

  /// Blends a label over the finished drawing.
  static void blend(vtkImageData *sheet, Label const &label)
  {
    int limits[3];
    sheet->GetDimensions(limits);
    int const *extent = label.image->GetExtent();
    for (int j = 0; j < label.size[1]; ++j) {
      for (int i = 0; i < label.size[0]; ++i) {
        int const x = label.x + i, y = label.y + j;
        if (x < 0 || y < 0 || x >= limits[0] || y >= limits[1]) continue;
        auto const *from = static_cast<unsigned char const *>(
            label.image->GetScalarPointer(extent[0] + i, extent[2] + j, 0));
        auto *to = static_cast<unsigned char *>(sheet->GetScalarPointer(x, y, 0));
        for (int c = 0; c < 3; ++c) {
          to[c] = static_cast<unsigned char>((from[c] * from[3] + to[c] * (255 - from[3])) / 255);
        }
      }
    }
  }
};

Canvas::Canvas(double width, double height)
    : impl_(std::make_unique<Impl>()), width_(std::ceil(width)), height_(std::ceil(height))
{
  impl_->source->SetScalarTypeToUnsignedChar();
  impl_->source->SetNumberOfScalarComponents(3);
  impl_->source->SetExtent(0, grid(width_) - 1, 0, grid(height_) - 1, 0, 0);
  box({0, 0}, {width_, height_}, paper);
}

Canvas::~Canvas() = default;

void Canvas::box(Point low, Point high, Colour colour)
{
  impl_->colour(colour);
  int const x0 = grid(low.x), y0 = grid(low.y);
  impl_->source->FillBox(x0, std::max(x0, grid(high.x) - 1), y0, std::max(y0, grid(high.y) - 1));
}

void Canvas::disk(Point centre, double radius, Colour colour)
{
  impl_->colour(colour);
  impl_->disk(grid(centre.x), grid(centre.y), radius * fine);
}

void Canvas::path(std::span<Point const> points, Stroke const &stroke)
{
  impl_->colour(stroke.colour);
  double left = stroke.dashed ? dash_on : HUGE_VAL;  // of the present dash or gap
  bool on = true;
  for (std::size_t i = 1; i < points.size(); ++i) {
    Point at = points[i - 1];
    double length = std::hypot(points[i].x - at.x, points[i].y - at.y);
    while (length > 0) {
      double const part = std::min(length, left);
      Point const next{at.x + (points[i].x - at.x) * part / length,
                       at.y + (points[i].y - at.y) * part / length};
      if (on) impl_->tube(at, next, stroke.width);
      at = next;
      length -= part;
      left -= part;
      if (left <= 0) left = std::exchange(on, !on) ? dash_off : dash_on;
    }
  }
}

void Canvas::surface(std::span<Point const> low, std::span<Point const> high, Colour colour)
{
  impl_->colour(colour);
  for (std::size_t i = 1; i < low.size(); ++i) {
    int const first = grid(low[i - 1].x), last = grid(low[i].x);
    for (int x = first; x <= last; ++x) {
      double const share = last > first ? double(x - first) / (last - first) : 0;
      auto const edge = [&](std::span<Point const> points) {
        return grid(points[i - 1].y + share * (points[i].y - points[i - 1].y));
      };
      impl_->source->FillBox(x, x, edge(low), std::max(edge(low), edge(high) - 1));
    }
  }
}

void Canvas::line(Point a, Point b, Stroke const &stroke)
{
  double const half = stroke.width / 2;
  if (stroke.dashed || (a.x != b.x && a.y != b.y)) {
    path(std::array{a, b}, stroke);
  } else if (a.x == b.x) {
    box({a.x - half, std::min(a.y, b.y)}, {a.x + half, std::max(a.y, b.y)}, stroke.colour);
  } else {
    box({std::min(a.x, b.x), a.y - half}, {std::max(a.x, b.x), a.y + half}, stroke.colour);
  }
}

void Canvas::text(Point anchor, std::string const &text, TextStyle const &style)
{
  for (Label &label : render_text(anchor, text, style)) impl_->labels.push_back(std::move(label));
}

std::string Canvas::png() const
{
  impl_->source->Update();
  vtkImageData *sheet = impl_->source->GetOutput();
  for (Label const &label : impl_->labels) Impl::blend(sheet, label);
  vtkNew<vtkImageShrink3D> shrink;
  shrink->SetInputData(sheet);
  shrink->SetShrinkFactors(fine, fine, 1);
  shrink->AveragingOn();
  vtkNew<vtkPNGWriter> writer;
  writer->WriteToMemoryOn();
  writer->SetInputConnection(shrink->GetOutputPort());
  writer->Write();
  vtkUnsignedCharArray *bytes = writer->GetResult();
  return {reinterpret_cast<char const *>(bytes->GetPointer(0)),
          static_cast<std::size_t>(bytes->GetNumberOfValues())};
}

}  // namespace tessera::io
