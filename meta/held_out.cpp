#include <tessera/meta/held_out.hpp>

#include <tessera/core/error.hpp>
#include <tessera/domains/trajectory_parts.hpp>

namespace tessera::meta {
namespace {

Division by_trajectory(domains::Trajectories const &data)
{
  if (data.count < 2) {
    throw InputError(
        "train.held_out = \"trajectory\" takes one trajectory of each system from training, and "
        "the data have no second one; set train.held_out = \"tail\"");
  }
  std::vector<std::vector<std::size_t>> rest(data.size()), held(data.size());
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (std::size_t j = 0; j < data.count; ++j) {
      (j == e % data.count ? held : rest)[e].push_back(j);
    }
  }
  return {domains::pick_trajectories(data, rest), domains::pick_trajectories(data, held)};
}

Division by_time(domains::Trajectories const &data)
{
  std::size_t const fifth = data.points / 5;
  if (fifth == 0) {
    throw InputError(
        "train.held_out = \"tail\" takes the last fifth of the stored times from training, and the "
        "data have " +
        std::to_string(data.points) + "; give at least 5, or set train.held_out = \"none\"");
  }
  std::size_t const learnt = data.points - fifth;
  return {domains::pick_times(data, 0, learnt), domains::pick_times(data, learnt - 1, fifth + 1)};
}

}  // namespace

Division hold_out(domains::Trajectories const &data, HeldOut rule)
{
  if (rule == HeldOut::trajectory) return by_trajectory(data);
  if (rule == HeldOut::tail) return by_time(data);
  return {data, {}};
}

}  // namespace tessera::meta
