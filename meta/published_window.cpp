#include <tessera/meta/published_window.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::meta {
namespace {

/// Stored points that an environment's window begins and ends with, both included.
struct Ends {
  std::size_t first, last;
};

Ends draw_ends(std::size_t kept, PublishedWindow const &window, std::size_t environment,
               std::uint64_t seed)
{
  auto const least = static_cast<std::size_t>(std::floor(window.share * double(kept)));
  if (least >= kept) return {0, kept - 1};
  Rng rng(seed, "train/published_window", environment);
  std::size_t const begin = rng.index(kept - least);
  std::size_t const end = begin + least + rng.index(kept - begin - least);
  return {begin, end - 1};
}

/// The two neighbours of `time` on an increasing grid, and how far it lies between them.
struct Between {
  std::size_t below;
  double share;
};

Between locate(std::vector<double> const &grid, double time)
{
  auto const above = std::upper_bound(grid.begin() + 1, grid.end() - 1, time);
  auto const below = static_cast<std::size_t>(above - grid.begin()) - 1;
  return {below, (time - grid[below]) / (grid[below + 1] - grid[below])};
}

}  // namespace

domains::Trajectories cut_published_windows(domains::Trajectories const &data,
                                            PublishedWindow const &window, std::uint64_t seed)
{
  auto const skip = static_cast<std::size_t>(window.skip);
  std::size_t const kept = (data.points + skip - 1) / skip;
  if (std::floor(window.share * double(kept)) < 2) {
    throw InputError("train.window_skip = " + std::to_string(window.skip) + " keeps " +
                     std::to_string(kept) +
                     " points of a trajectory, too few for a window; lower it, or raise "
                     "train.window_share");
  }
  domains::Trajectories cut = data;
  cut.points = kept;
  cut.times.clear();
  cut.states.assign(data.size() * data.count * kept * data.dimension, 0.0);
  auto state = cut.states.begin();
  for (std::size_t e = 0; e < data.size(); ++e) {
    std::vector<double> grid;
    for (std::size_t k = 0; k < data.points; k += skip) grid.push_back(data.grid(e)[k]);
    Ends const ends = draw_ends(kept, window, e, seed);
    double const from = grid[ends.first], length = grid[ends.last] - from;
    for (std::size_t k = 0; k < kept; ++k) {
      cut.times.push_back(from + length * double(k) / double(kept - 1));
    }
    for (std::size_t j = 0; j < data.count; ++j) {
      for (std::size_t k = 0; k < kept; ++k) {
        Between const at = locate(grid, cut.times[e * kept + k]);
        auto const low = data.state(e, j, at.below * skip);
        auto const high = data.state(e, j, (at.below + 1) * skip);
        for (std::size_t i = 0; i < data.dimension; ++i) {
          *state++ = low[i] + at.share * (high[i] - low[i]);
        }
      }
    }
  }
  return cut;
}

namespace {

class PublishedWindows final : public Windows {
 public:
  explicit PublishedWindows(PublishedWindow const &window) : window_(window) {}
  domains::Trajectories prepare(domains::Trajectories const &data,
                                std::uint64_t seed) const override
  {
    return cut_published_windows(data, window_, seed);
  }
  Window draw(std::uint64_t, std::uint64_t, std::size_t, int stored) const override
  {
    return {0, stored};
  }

 private:
  PublishedWindow window_;
};

}  // namespace

std::shared_ptr<Windows const> make_published_windows(PublishedWindow const &window)
{
  return std::make_shared<PublishedWindows>(window);
}

}  // namespace tessera::meta
