#include "pdebench_grid.hpp"

#include <cmath>

#include <fmt/format.h>

#include "check_dataset.hpp"
#include "pdebench_names.hpp"

namespace tessera::io {
namespace {

using domains::SpaceTimeGrid;

constexpr double single_precision = 1e-6;

std::vector<double> read_list(hdf5::Dataset const &list, std::size_t expected, bool one_more,
                              char const *axis)
{
  hdf5::Shape const shape = list.shape();
  bool const fits =
      shape.size() == 1 && (shape[0] == expected || (one_more && shape[0] == expected + 1));
  if (!fits) {
    fail_data(list.where(),
              fmt::format("must be a list of {} numbers, one for each place on the {} axis of the "
                          "data, and is not; take coordinates and data from the same file",
                          expected, axis));
  }
  std::vector<double> values(list.size());
  list.read<double>(values);
  values.resize(expected);
  return values;
}

/// Equal spacing from `first`, to a thousandth of it: coordinates are stored in single precision.
void check_spacing(hdf5::Dataset const &list, std::vector<double> const &values, double first,
                   double spacing, char const *advice)
{
  for (std::size_t i = 0; i < values.size(); ++i) {
    double const expected = first + static_cast<double>(i) * spacing;
    if (spacing > 0 && std::abs(values[i] - expected) <= 1e-3 * spacing) continue;
    fail_data(list.where(), fmt::format("is {:.6g} at {}, where equal spacing has {:.6g}; {}",
                                        values[i], i, expected, advice));
  }
}

/// 0.99999994 stands for 1.
double round_single(double value)
{
  double const scale = std::pow(10., 6 - std::ceil(std::log10(std::abs(value))));
  double const rounded = std::round(value * scale) / scale;
  return std::abs(rounded - value) <= single_precision * std::abs(value) ? rounded : value;
}

domains::Axis read_axis(hdf5::Dataset const &list, std::size_t cells)
{
  std::vector<double> const centres = read_list(list, cells, false, "space");
  double const width = (centres.back() - centres.front()) / static_cast<double>(cells - 1);
  check_spacing(list, centres, 0.5 * width, width,
                "give the middles of cells of equal width, the first of which begins at 0");
  return {cells, round_single(width * static_cast<double>(cells))};
}

bool near(double a, double b)
{
  return std::abs(a - b) <= 10 * single_precision * std::abs(b);
}

}  // namespace

SpaceTimeGrid read_pdebench_grid(std::vector<hdf5::Dataset> const &axes, hdf5::Dataset const &t,
                                 hdf5::Shape const &cells, std::size_t levels)
{
  std::vector<domains::Axis> found;
  for (std::size_t k = 0; k < axes.size(); ++k) found.push_back(read_axis(axes[k], cells[k]));
  std::vector<double> const times = read_list(t, levels, true, "time");
  double const interval = times.back() / static_cast<double>(levels - 1);
  check_spacing(t, times, 0, interval, "give times of equal distance that begin at 0");
  return SpaceTimeGrid::over(found, levels, round_single(times.back()));
}

void check_same_grid(std::string const &where, SpaceTimeGrid const &found,
                     SpaceTimeGrid const &expected)
{
  bool same = found.dimensions() == expected.dimensions() && found.levels == expected.levels &&
              near(found.horizon, expected.horizon);
  for (std::size_t k = 0; same && k < found.dimensions(); ++k) {
    same = found.axis(k).cells == expected.axis(k).cells &&
           near(found.axis(k).length, expected.axis(k).length);
  }
  if (same) return;
  auto const told = [](SpaceTimeGrid const &grid) {
    std::string cells, ends;
    for (std::size_t k = 0; k < grid.dimensions(); ++k) {
      cells += fmt::format("{}{}", k > 0 ? " x " : "", grid.axis(k).cells);
      ends +=
          fmt::format("{}{} = {:.6g}", k > 0 ? ", " : "", pdebench_axes[k], grid.axis(k).length);
    }
    return fmt::format("{} cells to {} and {} levels to t = {:.6g}", cells, ends, grid.levels,
                       grid.horizon);
  };
  fail_data(where, "has " + told(found) + " where " + told(expected) +
                       " are expected; make or choose data on one grid");
}

}  // namespace tessera::io
