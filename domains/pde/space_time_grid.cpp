#include <tessera/domains/space_time_grid.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {

SpaceTimeGrid SpaceTimeGrid::over(std::vector<Axis> const &axes, std::size_t levels, double horizon)
{
  bool const empty =
      std::any_of(axes.begin(), axes.end(), [](Axis const &a) { return a.cells == 0; });
  if (axes.empty() || axes.size() > 3 || empty) {
    throw InputError(
        fmt::format("a grid over {} axes{}; take one, two or three, each with a cell at least",
                    axes.size(), empty ? ", one without cells" : ""));
  }
  SpaceTimeGrid grid{.cells = 1,
                     .levels = levels,
                     .length = axes[0].length,
                     .horizon = horizon,
                     .beyond = {axes.begin() + 1, axes.end()}};
  for (Axis const &axis : axes) grid.cells *= axis.cells;
  return grid;
}

Axis SpaceTimeGrid::axis(std::size_t k) const
{
  return k == 0 ? Axis{cells / stride(0), length} : beyond[k - 1];
}

std::size_t SpaceTimeGrid::stride(std::size_t k) const
{
  std::size_t cells_behind = 1;
  for (std::size_t l = k; l < beyond.size(); ++l) cells_behind *= beyond[l].cells;
  return cells_behind;
}

double SpaceTimeGrid::volume() const
{
  double volume = width();
  for (Axis const &other : beyond) volume *= other.width();
  return volume;
}

std::vector<double> SpaceTimeGrid::centres(std::size_t k) const
{
  std::vector<double> x(cells);
  double const step = axis(k).width();
  for (std::size_t i = 0; i < cells; ++i) x[i] = (static_cast<double>(place(i, k)) + 0.5) * step;
  return x;
}

std::vector<double> SpaceTimeGrid::times() const
{
  std::vector<double> t(levels);
  // Not n * interval: the last level is the horizon to the bit.
  for (std::size_t n = 0; n < levels; ++n) {
    t[n] = horizon * static_cast<double>(n) / static_cast<double>(levels - 1);
  }
  return t;
}

double relative_l2(std::span<double const> a, std::span<double const> b)
{
  TESSERA_ASSERT(a.size() == b.size());
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(difference / norm);
}

}  // namespace tessera::domains
