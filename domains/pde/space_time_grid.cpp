#include <tessera/domains/space_time_grid.hpp>

#include <cmath>

#include <tessera/core/error.hpp>

namespace tessera::domains {

std::vector<double> SpaceTimeGrid::centres() const
{
  std::vector<double> x(cells);
  for (std::size_t i = 0; i < cells; ++i) x[i] = (static_cast<double>(i) + 0.5) * width();
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
