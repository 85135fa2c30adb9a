#pragma once

#include <memory>
#include <span>
#include <string>

namespace tessera::io {

/// A point of a picture: pixels of the finished image from its lower left corner.
struct Point {
  double x = 0, y = 0;
};

struct Colour {
  unsigned char red = 0, green = 0, blue = 0;
};

constexpr Colour ink{38, 38, 38}, grey{150, 150, 150}, faint{228, 228, 228}, paper{255, 255, 255};

/// How a path is drawn; `width` in pixels.
struct Stroke {
  Colour colour = ink;
  double width = 1;
  bool dashed = false;
};

/// Where the anchor lies in a text: across it and up it (`middle` is half the height of a capital).
enum class Across { left, centre, right };
enum class Up { baseline, middle, top };

struct TextStyle {
  double size = 14;  ///< of the font in pixels
  Across across = Across::left;
  Up up = Up::baseline;
  bool bold = false;
  bool upright = false;  ///< read from below to above; the anchor turns with the text
  Colour colour = ink;
};

/// Width in pixels of a text; "10^{-3}" raises what stands in the braces.
double text_width(std::string const &text, TextStyle const &style);

/// A white sheet to draw on: kept at three times its size, averaged down when it is written.
class Canvas {
 public:
  Canvas(double width, double height);
  ~Canvas();
  Canvas(Canvas const &) = delete;
  Canvas &operator=(Canvas const &) = delete;

  double width() const { return width_; }
  double height() const { return height_; }

  void box(Point low, Point high, Colour colour);
  void disk(Point centre, double radius, Colour colour);
  /// Joins the points with round corners.
  void path(std::span<Point const> points, Stroke const &stroke);
  /// The surface between two edges of as many points, whose x are the same and grow.
  void surface(std::span<Point const> low, std::span<Point const> high, Colour colour);
  void line(Point a, Point b, Stroke const &stroke);
  void text(Point anchor, std::string const &text, TextStyle const &style);

  /// The picture as the bytes of a PNG file.
  std::string png() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  double width_, height_;
};

}  // namespace tessera::io
