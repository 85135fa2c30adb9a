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

/// Draws a PNG in software (VTK canvas, three times the size, shrunk; labels by FreeType).
/// Throws IoError.
void write_png(std::filesystem::path const &file, HeatMap const &map);

/// Draws several plots in a grid of `columns` columns.
void write_png(std::filesystem::path const &file, std::vector<Plot> const &plots, int columns = 1);

}  // namespace tessera::io
