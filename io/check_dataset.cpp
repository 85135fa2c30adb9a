#include "check_dataset.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/core/error.hpp>

namespace tessera::io {

using domains::Trajectories;

void fail_data(std::string const &where, std::string const &what)
{
  throw InputError(where + ": " + what);
}

bool is_list(std::vector<std::size_t> const &shape)
{
  return shape.size() == 1 || (shape.size() == 2 && (shape[0] == 1 || shape[1] == 1));
}

void check_times(std::string const &where, Trajectories const &split)
{
  if (split.points < 2) {
    fail_data(where,
              "holds one time alone; a trajectory has two at least, its start and where it "
              "led");
  }
  for (std::size_t e = 0; e < split.size(); ++e) {
    auto const grid = split.grid(e);
    for (std::size_t k = 0; k < grid.size(); ++k) {
      std::string const place =
          " at environment " + std::to_string(e) + ", time " + std::to_string(k);
      if (!std::isfinite(grid[k])) {
        fail_data(where, "not a finite number" + place + "; give every stored time");
      }
      if (k > 0 && grid[k] <= grid[k - 1]) {
        fail_data(where, "times must increase; they do not" + place +
                             "; sort times and states together, each time once");
      }
    }
  }
}

void check_states(std::string const &where, Trajectories const &split)
{
  auto const bad = std::find_if(split.states.begin(), split.states.end(),
                                [](double x) { return !std::isfinite(x); });
  if (bad == split.states.end()) return;
  auto const row = static_cast<std::size_t>(bad - split.states.begin()) / split.dimension;
  fail_data(where, "not a finite number at environment " +
                       std::to_string(row / split.points / split.count) + ", trajectory " +
                       std::to_string(row / split.points % split.count) + ", time " +
                       std::to_string(row % split.points) +
                       "; remove the trajectory or cut it before that time");
}

void check_pairing(std::string const &where, Trajectories const &a, Trajectories const &b,
                   std::string const &names, Pairing pairing)
{
  bool same = a.size() == b.size();
  for (std::size_t e = 0; same && e < a.size(); ++e) {
    same = a.environments[e].family == b.environments[e].family &&
           (pairing == Pairing::families ||
            a.environments[e].parameters == b.environments[e].parameters);
  }
  if (same) return;
  fail_data(where, names + (pairing == Pairing::families
                                ? " must hold environments of the same families in the same order"
                                : " must hold the same environments in the same order"));
}

}  // namespace tessera::io
