#include <tessera/core/rng.hpp>
#include <tessera/domains/dataset_source.hpp>

namespace tessera::domains {
namespace {

/// Environment e of the result is environment order[e] of `data`.
Trajectories reordered(Trajectories const &data, std::vector<std::size_t> const &order)
{
  Trajectories result = data;
  std::size_t const length = data.count * data.points * data.dimension;
  for (std::size_t e = 0; e < order.size(); ++e) {
    std::size_t const from = order[e];
    result.environments[e] = data.environments[from];
    std::copy_n(data.times.begin() + static_cast<long>(from * data.points), data.points,
                result.times.begin() + static_cast<long>(e * data.points));
    std::copy_n(data.states.begin() + static_cast<long>(from * length), length,
                result.states.begin() + static_cast<long>(e * length));
  }
  return result;
}

std::vector<std::size_t> order_of(std::uint64_t seed, std::size_t environments)
{
  return Rng(seed, "environments").permutation(environments);
}

}  // namespace

void permute_environments(Dataset &data, std::uint64_t seed)
{
  std::vector<std::size_t> const order = order_of(seed, data.train.size());
  data.train = reordered(data.train, order);
  data.test = reordered(data.test, order);
}

void restore_environments(Dataset &data, std::uint64_t seed)
{
  std::vector<std::size_t> const order = order_of(seed, data.train.size());
  std::vector<std::size_t> back(order.size());
  for (std::size_t e = 0; e < order.size(); ++e) back[order[e]] = e;
  data.train = reordered(data.train, back);
  data.test = reordered(data.test, back);
}

}  // namespace tessera::domains
