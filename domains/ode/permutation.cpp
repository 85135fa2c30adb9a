#include <tessera/core/rng.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/trajectory_parts.hpp>

namespace tessera::domains {

std::vector<std::size_t> environment_order(std::uint64_t seed, std::size_t environments)
{
  return Rng(seed, "environments").permutation(environments);
}

void permute_environments(Dataset &data, std::uint64_t seed)
{
  std::vector<std::size_t> const order = environment_order(seed, data.train.size());
  data.train = pick_environments(data.train, order);
  data.test = pick_environments(data.test, order);
}

void restore_environments(Dataset &data, std::uint64_t seed)
{
  std::vector<std::size_t> const order = environment_order(seed, data.train.size());
  std::vector<std::size_t> back(order.size());
  for (std::size_t e = 0; e < order.size(); ++e) back[order[e]] = e;
  data.train = pick_environments(data.train, back);
  data.test = pick_environments(data.test, back);
}

}  // namespace tessera::domains
