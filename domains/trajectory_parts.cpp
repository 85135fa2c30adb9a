#include <tessera/domains/trajectory_parts.hpp>

#include <algorithm>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

Trajectories of_shape(Trajectories const &data, std::size_t count, std::size_t points)
{
  Trajectories part;
  part.count = count;
  part.points = points;
  part.dimension = data.dimension;
  return part;
}

template <class Number>
void append(std::vector<double> &to, std::vector<double> const &from, Number first, Number count)
{
  auto const begin = from.begin() + static_cast<std::ptrdiff_t>(first);
  to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

Trajectories pick_environments(Trajectories const &data, std::vector<std::size_t> const &chosen)
{
  Trajectories part = of_shape(data, data.count, data.points);
  std::size_t const length = data.count * data.points * data.dimension;
  for (std::size_t e : chosen) {
    if (e >= data.size()) {
      throw Error("pick_environments: " + std::to_string(e) + " of " + std::to_string(data.size()));
    }
    part.environments.push_back(data.environments[e]);
    append(part.times, data.times, e * data.points, data.points);
    append(part.states, data.states, e * length, length);
  }
  return part;
}

Trajectories pick_trajectories(Trajectories const &data,
                               std::vector<std::vector<std::size_t>> const &chosen)
{
  if (chosen.size() != data.size()) {
    throw Error("pick_trajectories: lists for " + std::to_string(chosen.size()) +
                " environments where there are " + std::to_string(data.size()));
  }
  Trajectories part = of_shape(data, chosen.empty() ? 0 : chosen[0].size(), data.points);
  part.environments = data.environments;
  part.times = data.times;
  std::size_t const length = data.points * data.dimension;
  for (std::size_t e = 0; e < chosen.size(); ++e) {
    for (std::size_t j : chosen[e]) {
      if (j >= data.count || chosen[e].size() != part.count) {
        throw Error("pick_trajectories: trajectory " + std::to_string(j) + " of " +
                    std::to_string(data.count) + " in a list of " +
                    std::to_string(chosen[e].size()) + " where others have " +
                    std::to_string(part.count));
      }
      append(part.states, data.states, (e * data.count + j) * length, length);
    }
  }
  return part;
}

Trajectories pick_times(Trajectories const &data, std::size_t first, std::size_t points)
{
  if (first + points > data.points) {
    throw Error("pick_times: " + std::to_string(points) + " times from " + std::to_string(first) +
                " on where " + std::to_string(data.points) + " are stored");
  }
  Trajectories part = of_shape(data, data.count, points);
  part.environments = data.environments;
  for (std::size_t e = 0; e < data.size(); ++e) {
    append(part.times, data.times, e * data.points + first, points);
    for (std::size_t j = 0; j < data.count; ++j) {
      append(part.states, data.states,
             ((e * data.count + j) * data.points + first) * data.dimension,
             points * data.dimension);
    }
  }
  return part;
}

}  // namespace tessera::domains
