#include "fresh_windows.hpp"

#include <string>

#include <tessera/core/error.hpp>

namespace tessera::meta {
namespace {

class FreshWindows final : public Windows {
 public:
  FreshWindows(int least, int most) : least_(least), most_(most) {}

  domains::Trajectories prepare(domains::Trajectories const &data, std::uint64_t) const override
  {
    if (data.points < static_cast<std::size_t>(least_)) {
      throw InputError("train.window_min = " + std::to_string(least_) +
                       " is more than the stored points of a trajectory; take at most " +
                       std::to_string(data.points));
    }
    return data;
  }
  Window draw(std::uint64_t seed, std::uint64_t step, std::size_t environment,
              int stored) const override
  {
    return draw_window(seed, step, environment, stored, least_, most_);
  }

 private:
  int least_, most_;
};

}  // namespace

std::shared_ptr<Windows const> make_fresh_windows(int least, int most)
{
  return std::make_shared<FreshWindows>(least, most);
}

}  // namespace tessera::meta
