#include "starts.hpp"

#include <algorithm>

#include <tessera/core/error.hpp>

#include "numpy_twister.hpp"

namespace tessera::domains {
namespace {

StartList draw(FamilySetting const &family, Rng rng, std::size_t count, StartList const &taken)
{
  std::vector<double> low, high;
  for (std::size_t i = 0; i < family.start_a.size(); ++i) {
    low.push_back(std::min(family.start_a[i], family.start_b[i]));
    high.push_back(std::max(family.start_a[i], family.start_b[i]));
  }
  return draw_in_box(low, high, rng, count, taken);
}

StartList family_starts(OdebenchSetting const &setting, std::size_t f, Split split,
                        std::size_t count, std::uint64_t seed)
{
  FamilySetting const &family = setting.families[f];
  auto others = [&](Split other, std::size_t n) {
    return family_starts(setting, f, other, n, seed);
  };
  StartList taken;
  if (split == Split::train) taken = {family.start_a, family.start_b};
  if (split == Split::test) taken = others(Split::train, train_starts);
  if (split == Split::query) taken = others(Split::support, 1);
  if (split == Split::outside_query) taken = others(Split::outside_support, 1);

  Rng const rng(seed, "starts", f, static_cast<std::uint64_t>(split));
  if (split != Split::train) return draw(family, rng, count, taken);
  StartList const drawn = draw(family, rng, count - taken.size(), taken);
  taken.insert(taken.end(), drawn.begin(), drawn.end());
  return taken;
}

}  // namespace

StartList draw_in_box(std::vector<double> const &low, std::vector<double> const &high, Rng rng,
                      std::size_t count, StartList const &taken)
{
  if (low == high) throw InputError("data: the box of the starts is a point; give it an extent");
  StartList starts;
  while (starts.size() < count) {
    std::vector<double> x(low.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = rng.uniform(low[i], high[i]);
    if (std::find(taken.begin(), taken.end(), x) == taken.end()) starts.push_back(std::move(x));
  }
  return starts;
}

std::vector<StartList> draw_starts(OdebenchSetting const &setting, Split split, std::size_t count,
                                   std::uint64_t seed)
{
  std::vector<StartList> result;
  for (std::size_t f = 0; f < setting.families.size(); ++f) {
    result.push_back(family_starts(setting, f, split, count, seed));
  }
  return result;
}

std::vector<StartList> published_starts(OdebenchSetting const &setting, std::size_t count)
{
  constexpr double margin = 1e-3;  // of the box, as in the published generator
  NumpyTwister twister(2024);
  std::vector<StartList> result;
  for (FamilySetting const &family : setting.families) {
    StartList starts{family.start_a};
    while (starts.size() + 1 < count) {
      std::vector<double> x(family.start_a.size());
      for (std::size_t i = 0; i < x.size(); ++i) {
        auto const [low, high] = std::minmax(family.start_a[i], family.start_b[i]);
        x[i] = twister.uniform(low + margin, high - margin);
      }
      starts.push_back(std::move(x));
    }
    if (count > 1) starts.push_back(family.start_b);
    result.push_back(std::move(starts));
  }
  return result;
}

}  // namespace tessera::domains
