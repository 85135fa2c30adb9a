#include "place_baselines.hpp"

#include <cmath>

#include <fmt/format.h>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

namespace tessera::model {
namespace {

/// n as a product of so many factors near to each other: fewest functions in t, most along the last
/// axis.
std::vector<int> factors(int n, std::size_t count)
{
  std::vector<int> all;
  for (; count > 1; --count) {
    int factor = 1;
    for (int a = 2; std::pow(double(a), double(count)) <= n; ++a) {
      if (n % a == 0) factor = a;
    }
    all.push_back(factor);
    n /= factor;
  }
  all.push_back(n);
  return all;
}

/// What a network without error would propose: modes of true fields that are none of the test's;
/// where rows are lifted, of what remains of them behind lift and distance.
std::unique_ptr<constraint::BasisBank> modes_of_truth(PlaceSettings const &s)
{
  auto const fields = std::size_t(std::max(20, 2 * s.network.fno.outputs));
  std::vector<std::vector<double>> known;
  std::vector<double> profile(s.grid.size()), distance(s.grid.size());
  for (std::size_t k = 0; k < fields; ++k) {
    throw_if_stopped();
    auto const sample = s.family->sample(s.test.seed, "modes", k);
    std::vector<double> field(s.grid.size());
    sample.truth(s.grid, field);
    if (s.training.layer.rows.lift) {
      sample.lift(s.grid, profile);
      sample.pde->distance(s.grid, distance);
      for (std::size_t p = 0; p < field.size(); ++p) {
        field[p] = distance[p] == 0 ? 0 : (field[p] - profile[p]) / distance[p];
      }
    }
    known.push_back(std::move(field));
  }
  return constraint::make_pod_basis(s.grid, known, s.network.fno.outputs);
}

/// The ansatz without unknowns.
std::vector<constraint::PlacedSolution> lifts(domains::SpaceTimeGrid const &grid,
                                              std::span<domains::PdeSample const> problems)
{
  std::vector<constraint::PlacedSolution> all;
  for (auto const &problem : problems) {
    all.emplace_back().field.resize(grid.size());
    problem.lift(grid, all.back().field);
  }
  return all;
}

}  // namespace

std::vector<constraint::PlacedSolution> Baseline::solve(
    constraint::ConstrainedOptions const &options,
    std::span<domains::PdeSample const> problems) const
{
  if (network) return constraint::predict(*network, options, options.grid, problems);
  if (!bank) return lifts(options.grid, problems);
  return constraint::predict(*bank, options, options.grid, problems);
}

Baseline make_baseline(std::string const &name, PlaceSettings const &s, PlaceFields const &fields)
{
  int const n = s.network.fno.outputs;
  if (name == "network_at_start") {
    return {"network before training", nullptr, constraint::make_basis_network(s.network)};
  }
  if (name == "lift") return {"the lift alone, nothing solved", nullptr, nullptr};
  if (name == "legendre") {
    auto const all = factors(n, 1 + s.grid.dimensions());
    return {fmt::format("Legendre products, {}", fmt::join(all, " x ")),
            constraint::make_legendre_basis(all[0], std::vector<int>(all.begin() + 1, all.end())),
            nullptr};
  }
  if (name == "random_features") {
    return {"random smooth features", constraint::make_random_features(n, s.seed), nullptr};
  }
  if (name == "similarity") {
    double const d = fields.problems()[0].pde->frozen_rate(domains::Form::conservative).back();
    if (!(d > 0)) {
      throw InputError(
          "test.baselines: \"similarity\" is for equations that diffuse; leave it out");
    }
    return {"similarity profiles", constraint::make_similarity_basis(n, d), nullptr};
  }
  if (name == "pod") return {"modes of true fields (floor)", modes_of_truth(s), nullptr};
  throw InputError(fmt::format("\"{}\" is none of {}", name, fmt::join(baseline_names(), ", ")));
}

}  // namespace tessera::model
