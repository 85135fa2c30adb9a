#include <tessera/core/mean_deviation.hpp>

#include <cmath>
#include <numeric>

namespace tessera {

double mean(std::span<double const> values)
{
  return std::accumulate(values.begin(), values.end(), 0.) / static_cast<double>(values.size());
}

double deviation(std::span<double const> values)
{
  double const middle = mean(values);
  double sum = 0.;
  for (double value : values) sum += (value - middle) * (value - middle);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

}  // namespace tessera
