#include <tessera/domains/scaling.hpp>

#include <algorithm>
#include <cmath>

namespace tessera::domains {
namespace {

// What moves by less than this share of its size does not move.
constexpr double still = 1e-12;

// Sums are of numbers divided by the largest, so that none overflows or vanishes.
void fit_component(Trajectories const &data, std::size_t i, Scaling &scaling)
{
  double largest = 0, sum = 0, squares = 0;
  std::size_t const rows = data.states.size() / data.dimension;
  auto const at = [&](std::size_t row) { return data.states[row * data.dimension + i]; };
  for (std::size_t row = 0; row < rows; ++row) largest = std::max(largest, std::abs(at(row)));
  if (largest == 0) largest = 1;
  for (std::size_t row = 0; row < rows; ++row) sum += at(row) / largest;
  double const mean = sum / double(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    double const d = at(row) / largest - mean;
    squares += d * d;
  }
  double const deviation = std::sqrt(squares / double(rows));
  scaling.offset.push_back(largest * mean);
  scaling.scale.push_back(deviation > still ? largest * deviation : largest);
}

// The mean horizon of environments.
double horizon(Trajectories const &data)
{
  double sum = 0;
  for (std::size_t e = 0; e < data.size(); ++e) {
    sum += (data.grid(e).back() - data.grid(e).front()) / double(data.size());
  }
  return sum > 0 ? sum : 1;
}

// Root mean square speed of standardised states, by differences over a twentieth of the times:
// those of neighbours would measure noise.
double speed(Trajectories const &data, Scaling const &scaling, double unit)
{
  std::size_t const lag = std::max<std::size_t>(1, data.points / 20);
  double squares = 0;
  std::size_t count = 0;
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const grid = data.grid(e);
    for (std::size_t j = 0; j < data.count; ++j) {
      for (std::size_t k = lag; k < data.points; k += lag) {
        auto const now = data.state(e, j, k), before = data.state(e, j, k - lag);
        double const step = (grid[k] - grid[k - lag]) / unit;
        for (std::size_t i = 0; i < data.dimension; ++i, ++count) {
          double const moved = (now[i] / scaling.scale[i] - before[i] / scaling.scale[i]) / step;
          squares += moved * moved;
        }
      }
    }
  }
  return count > 0 ? std::sqrt(squares / double(count)) : 0;
}

}  // namespace

Scaling Scaling::fit(Trajectories const &data)
{
  Scaling scaling;
  for (std::size_t i = 0; i < data.dimension; ++i) fit_component(data, i, scaling);
  double const unit = horizon(data), rate = speed(data, scaling, unit);
  scaling.time = std::isfinite(rate) && rate > still ? unit / rate : unit;
  return scaling;
}

Trajectories Scaling::apply(Trajectories data) const
{
  if (none()) return data;
  for (std::size_t n = 0; n < data.states.size(); ++n) {
    std::size_t const i = n % data.dimension;
    data.states[n] = (data.states[n] - offset[i]) / scale[i];
  }
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const grid = data.times.begin() + static_cast<std::ptrdiff_t>(e * data.points);
    double const first = *grid;
    for (std::size_t k = 0; k < data.points; ++k) grid[k] = (grid[k] - first) / time;
  }
  return data;
}

void Scaling::restore(std::span<double> states) const
{
  if (none()) return;
  for (std::size_t n = 0; n < states.size(); ++n) {
    std::size_t const i = n % scale.size();
    states[n] = offset[i] + scale[i] * states[n];
  }
}

void Scaling::restore_deviations(std::span<double> deviations) const
{
  if (none()) return;
  for (std::size_t n = 0; n < deviations.size(); ++n) deviations[n] *= scale[n % scale.size()];
}

}  // namespace tessera::domains
