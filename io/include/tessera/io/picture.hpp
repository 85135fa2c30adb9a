#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::io {

/// Values (row, column) in [low, high] as a colour map with row and column labels.
struct HeatMap {
  std::string title, row_title, column_title;
  std::vector<std::string> row_labels, column_labels;
  std::vector<double> values;  ///< (row, column)
};

/// One line, point cloud or band of a Plot.
struct Curve {
  std::string label;
  std::vector<double> x, y;
  int colour = 0;  ///< index into a fixed colour-blind-safe palette
  bool dashed = false;
  bool points = false;  ///< a dot at each (x, y) instead of a line
  /// Of a band, a pale surface behind everything else: its upper edge where y is the lower one. An
  /// axis follows a band no further than the other curves' span beyond them.
  std::vector<double> upper = {};
};

/// One pair of axes.
struct Plot {
  std::string title, x_title, y_title;
  bool log_y = false;
  bool equal_axes = false;
  std::vector<Curve> curves;
};

/// A rectangle in units of the axes.
struct Rectangle {
  double left = 0, right = 0, below = 0, above = 0;
};

/// A field over the rectangle (0, width) x (0, height) as a map of colours with a bar beside it.
struct FieldMap {
  std::string title, x_title, y_title;
  double width = 1, height = 1;
  std::size_t columns = 0, rows = 0;  ///< cells along x and along y
  std::vector<double> values;         ///< (column, row), the first row below
  double low = 0, high = 1;           ///< values at the ends of the bar
  bool parting = false;  ///< colours fade towards the middle of the bar: for values of both signs
  std::vector<Rectangle> borders;  ///< drawn as lines over the colours
};

/// Draws a PNG in software (VTK canvas, three times the size, shrunk; labels by FreeType).
/// Throws IoError.
void write_png(std::filesystem::path const &file, HeatMap const &map);

/// Draws several plots in a grid of `columns` columns.
void write_png(std::filesystem::path const &file, std::vector<Plot> const &plots, int columns = 1);

/// Draws several maps in a grid of `columns` columns below a title. Throws Error where values do
/// not fit the cells.
void write_png(std::filesystem::path const &file, std::vector<FieldMap> const &maps, int columns,
               std::string const &title);

}  // namespace tessera::io
