#include <tessera/core/median.hpp>

#include <algorithm>

namespace tessera {

double median(std::vector<double> values)
{
  if (values.empty()) return 0.;
  std::sort(values.begin(), values.end());
  std::size_t const half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : .5 * values[half - 1] + .5 * values[half];
}

}  // namespace tessera
