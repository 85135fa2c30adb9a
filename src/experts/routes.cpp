#include <tessera/experts/routes.hpp>

#include <cmath>
#include <numeric>

#include <tessera/core/error.hpp>

namespace tessera::experts {

Routes Routes::single(std::span<int const> expert)
{
  Routes routes;
  double const whole = 1;
  for (int const &i : expert) routes.add({&i, 1}, {&whole, 1});
  return routes;
}

Routes Routes::even(std::size_t items, int experts)
{
  std::vector<int> all(static_cast<std::size_t>(experts));
  std::iota(all.begin(), all.end(), 0);
  std::vector<double> const weight(all.size(), 1.0 / experts);
  Routes routes;
  for (std::size_t item = 0; item < items; ++item) routes.add(all, weight);
  return routes;
}

void Routes::add(std::span<int const> expert, std::span<double const> weight)
{
  bool fits = !expert.empty() && expert.size() == weight.size();
  for (double w : weight) fits = fits && std::isfinite(w) && w > 0;
  if (!fits) {
    throw Error("Routes: item " + std::to_string(size()) + " has " + std::to_string(expert.size()) +
                " experts and " + std::to_string(weight.size()) +
                " weights; give one positive weight for each, and one expert at least");
  }
  expert_.insert(expert_.end(), expert.begin(), expert.end());
  weight_.insert(weight_.end(), weight.begin(), weight.end());
  end_.push_back(static_cast<std::int64_t>(expert_.size()));
}

std::vector<int> Routes::leaders() const
{
  std::vector<int> experts;
  for (std::size_t item = 0; item < size(); ++item) experts.push_back(leader(item));
  return experts;
}

Routes Routes::renumbered(std::span<int const> number) const
{
  Routes routes;
  for (std::size_t item = 0; item < size(); ++item) {
    Shares const old = of(item);
    std::vector<int> expert;
    std::vector<double> weight;
    double sum = 0, left = 0;
    for (std::size_t k = 0; k < old.size(); ++k) {
      sum += old.weight[k];
      int const to = number[static_cast<std::size_t>(old.expert[k])];
      if (to < 0) continue;
      expert.push_back(to);
      weight.push_back(old.weight[k]);
      left += old.weight[k];
    }
    if (expert.size() < old.size()) {
      for (double &w : weight) w *= sum / left;
    }
    routes.add(expert, weight);
  }
  return routes;
}

void Routes::register_state(State &state, std::string const &prefix)
{
  state.add(prefix + "/end", 1, &end_);
  state.add(prefix + "/expert", 1, &expert_);
  state.add(prefix + "/weight", 1, &weight_);
}

}  // namespace tessera::experts
