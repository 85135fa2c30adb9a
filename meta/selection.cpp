#include <tessera/meta/selection.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <tessera/core/error.hpp>

#include "weighted_draw.hpp"

namespace tessera::meta {
namespace {

std::vector<std::size_t> ascending(std::size_t count)
{
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// Where the largest loss stands; one that is not finite is larger than any other.
std::size_t largest_loss(std::span<double const> losses)
{
  auto const rank = [](double loss) {
    return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
  };
  auto const most = std::max_element(losses.begin(), losses.end(),
                                     [&](double a, double b) { return rank(a) < rank(b); });
  return static_cast<std::size_t>(most - losses.begin());
}

/// Losses as weights: what is not finite becomes the largest finite one. Inverted, a loss of zero
/// would take all the weight there is, so losses are bounded by 1e-12 of the largest.
std::vector<double> seed_weights(std::span<double const> losses, double largest, bool inverse)
{
  std::vector<double> weights(losses.begin(), losses.end());
  for (double &weight : weights) {
    weight = std::isfinite(weight) ? std::max(weight, 0.) / largest : 1.;
    if (inverse) weight = 1. / std::max(weight, 1e-12);
  }
  return weights;
}

/// The environment that the nearest ones are counted from.
std::size_t draw_seed(std::string const &rule, std::span<double const> losses, std::size_t count,
                      Rng &rng)
{
  double largest = 0.;
  for (double loss : losses) {
    if (std::isfinite(loss)) largest = std::max(largest, loss);
  }
  if (rule == "near" || rule == "near_published" || largest == 0.) return rng.index(count);
  if (rule == "near_largest_loss") return largest_loss(losses);
  return weighted_draw(seed_weights(losses, largest, rule == "near_inverse_weighted"),
                       rng.uniform());
}

/// All environments by mean |Δξ| from `seed`, ties by index; `seed_first` puts it in front of
/// others with the same context.
std::vector<std::size_t> by_distance(SlicedPoints const &contexts, std::size_t seed,
                                     bool seed_first)
{
  std::size_t const count = contexts.size();
  std::vector<double> away(count);
  for (std::size_t e = 0; e < count; ++e) away[e] = absolute_distance(contexts, e, seed);
  if (seed_first) away[seed] = -1.;
  std::vector<std::size_t> order = ascending(count);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return away[a] < away[b]; });
  return order;
}

void require_options(SelectionOptions const &options)
{
  auto const &rules = selection_rules();
  if (std::find(rules.begin(), rules.end(), options.rule) == rules.end()) {
    std::string known;
    for (std::string const &rule : rules) known += (known.empty() ? "" : ", ") + rule;
    throw InputError("select_environments: no rule \"" + options.rule + "\"; use one of " + known);
  }
  if (options.count < 1) {
    throw InputError("select_environments: " + std::to_string(options.count) +
                     " contributors; ask for at least one, or use the rule \"all\"");
  }
}

}  // namespace

std::vector<std::string> const &selection_rules()
{
  static std::vector<std::string> const rules{"near",
                                              "near_published",
                                              "near_weighted",
                                              "near_inverse_weighted",
                                              "near_largest_loss",
                                              "random",
                                              "first",
                                              "all"};
  return rules;
}

std::vector<std::size_t> select_environments(SlicedPoints const &contexts,
                                             std::span<double const> previous_losses,
                                             SelectionOptions const &options, Rng &rng)
{
  require_options(options);
  std::size_t const environments = contexts.size();
  if (!previous_losses.empty() && previous_losses.size() != environments) {
    throw Error("select_environments: " + std::to_string(previous_losses.size()) + " losses for " +
                std::to_string(environments) + " environments; pass one each, or none");
  }
  auto const count = static_cast<std::size_t>(options.count);
  if (options.rule == "all" || count >= environments) return ascending(environments);

  std::vector<std::size_t> order;
  if (options.rule == "first") {
    order = ascending(environments);
  } else if (options.rule == "random") {
    order = rng.permutation(environments);
  } else {
    std::size_t const seed = draw_seed(options.rule, previous_losses, environments, rng);
    order = by_distance(contexts, seed, options.rule != "near_published");
  }
  order.resize(count);
  return order;
}

}  // namespace tessera::meta
