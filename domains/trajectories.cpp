#include <tessera/domains/trajectories.hpp>

#include <algorithm>
#include <numeric>

#include <tessera/core/error.hpp>
#include <tessera/domains/trajectory_parts.hpp>

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

void hold_out_test(Dataset &data)
{
  Trajectories const all = std::move(data.train);
  std::size_t const count = all.count, points = all.points;
  if (count > 1) {
    std::size_t const held = std::max<std::size_t>(1, count / 4);
    std::vector<std::size_t> kept(count - held), last(held);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::iota(last.begin(), last.end(), count - held);
    data.train = pick_trajectories(all, std::vector(all.size(), kept));
    data.test = pick_trajectories(all, std::vector(all.size(), last));
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
  data.train = pick_times(all, 0, points - held);
  data.test = pick_times(all, points - held - 1, held + 1);
  data.remark += std::string(data.remark.empty() ? "" : "; ") +
                 "no test data, and one trajectory in each environment: the last " +
                 std::to_string(held) + " of " + std::to_string(points) +
                 " times are held out for it, so that the test says nothing about other starts";
}

}  // namespace tessera::domains
