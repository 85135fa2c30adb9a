#include <tessera/domains/trajectories.hpp>

#include <algorithm>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

/// Trajectories [first, first + count) and times [begin, begin + points) of every environment.
Trajectories part_of(Trajectories const &data, std::size_t first, std::size_t count,
                     std::size_t begin, std::size_t points)
{
  Trajectories part;
  part.environments = data.environments;
  part.count = count;
  part.points = points;
  part.dimension = data.dimension;
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const grid = data.grid(e).subspan(begin, points);
    part.times.insert(part.times.end(), grid.begin(), grid.end());
    for (std::size_t j = first; j < first + count; ++j) {
      for (std::size_t k = begin; k < begin + points; ++k) {
        auto const state = data.state(e, j, k);
        part.states.insert(part.states.end(), state.begin(), state.end());
      }
    }
  }
  return part;
}

}  // namespace

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

void hold_out_test(Dataset &data)
{
  Trajectories const all = std::move(data.train);
  std::size_t const count = all.count, points = all.points;
  if (count > 1) {
    std::size_t const held = std::max<std::size_t>(1, count / 4);
    data.train = part_of(all, 0, count - held, 0, points);
    data.test = part_of(all, count - held, held, 0, points);
    data.remark += std::string(data.remark.empty() ? "" : "; ") + "no test data: the last " +
                   std::to_string(held) + " of " + std::to_string(count) +
                   " trajectories of each environment are held out for it";
    return;
  }
  constexpr std::size_t least = 8;
  if (points < least) {
    throw InputError("no test data, and one trajectory of " + std::to_string(points) +
                     " times in each environment is too little to hold some out; give test data, a "
                     "second trajectory, or at least " +
                     std::to_string(least) + " times");
  }
  std::size_t const held = points / 4;
  data.train = part_of(all, 0, 1, 0, points - held);
  data.test = part_of(all, 0, 1, points - held - 1, held + 1);
  data.remark += std::string(data.remark.empty() ? "" : "; ") +
                 "no test data, and one trajectory in each environment: the last " +
                 std::to_string(held) + " of " + std::to_string(points) +
                 " times are held out for it, so that the test says nothing about other starts";
}

}  // namespace tessera::domains
