#include <tessera/domains/trajectories.hpp>

#include <algorithm>

namespace tessera::domains {

std::string called(Environment const &environment, std::size_t index)
{
  std::size_t const number =
      environment.number >= 0 ? static_cast<std::size_t>(environment.number) : index;
  std::string const text = "environment " + std::to_string(number);
  return environment.name.empty() ? text : text + " (" + environment.name + ")";
}

void number_environments(Trajectories &data)
{
  for (std::size_t e = 0; e < data.size(); ++e) data.environments[e].number = static_cast<int>(e);
}

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

}  // namespace tessera::domains
