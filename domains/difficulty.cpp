#include <tessera/domains/difficulty.hpp>

#include <map>
#include <string_view>

#include <tessera/core/mean_deviation.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/trajectory_parts.hpp>

namespace tessera::domains {
namespace {

void add_noise(Trajectories &data, double share, std::uint64_t seed, std::string_view purpose)
{
  std::size_t const d = data.dimension, rows = data.count * data.points;
  for (std::size_t e = 0; e < data.size(); ++e) {
    Rng rng(seed, purpose, e);
    double *states = data.states.data() + e * rows * d;
    std::vector<double> size, component(rows);
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t k = 0; k < rows; ++k) component[k] = states[k * d + i];
      size.push_back(share * deviation(component));
    }
    for (std::size_t k = 0; k < rows * d; ++k) states[k] += size[k % d] * rng.normal();
  }
}

// The first of each family in the order there is, which the seed has permuted.
std::vector<std::size_t> kept(Trajectories const &data, int keep)
{
  std::map<int, int> seen;
  std::vector<std::size_t> chosen;
  for (std::size_t e = 0; e < data.size(); ++e) {
    if (seen[data.environments[e].family]++ < keep) chosen.push_back(e);
  }
  return chosen;
}

}  // namespace

Difficulty Difficulty::read(Section &data)
{
  Difficulty d;
  d.noise = data.get_in("noise", d.noise, 0.0, 10.0);
  d.keep = data.get_in("keep", d.keep, 0, 1000000);
  return d;
}

void make_harder(Dataset &data, Difficulty const &difficulty, std::uint64_t seed)
{
  if (difficulty.keep > 0) {
    std::vector<std::size_t> const chosen = kept(data.train, difficulty.keep);
    data.train = pick_environments(data.train, chosen);
    data.test = pick_environments(data.test, chosen);
  }
  if (difficulty.noise == 0) return;
  add_noise(data.train, difficulty.noise, seed, "data/noise/train");
  add_noise(data.support, difficulty.noise, seed, "data/noise/support");
  add_noise(data.outside_support, difficulty.noise, seed, "data/noise/outside_support");
}

}  // namespace tessera::domains
