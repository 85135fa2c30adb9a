#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <tessera/core/rng.hpp>
#include <tessera/domains/transport.hpp>

#include "check_problem.hpp"

namespace tessera::domains {
namespace {

constexpr std::size_t waves = 4;

class WaveFamily final : public PdeFamily {
 public:
  WaveFamily(std::unique_ptr<Pde> pde, double horizon) : pde_(std::move(pde)), horizon_(horizon) {}
  std::string name() const override { return pde_->name(); }
  SpaceTimeGrid grid() const override { return {.length = 1, .horizon = horizon_}; }
  std::vector<std::string> parameters() const override
  {
    std::vector<std::string> names;
    for (std::size_t n = 1; n <= waves; ++n) {
      names.push_back(fmt::format("sin{}", n));
      names.push_back(fmt::format("cos{}", n));
    }
    return names;
  }
  std::vector<ParameterRange> ranges() const override
  {
    return std::vector<ParameterRange>(2 * waves, {-2, 2});
  }
  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check_problem(*this, parameters);
    auto const initial = [parameters](SpaceTimeGrid const &grid, std::span<double> u) {
      auto const x = grid.centres();
      std::fill(u.begin(), u.end(), 0.);
      for (std::size_t n = 0; n < waves; ++n) {
        double const k = 2 * std::numbers::pi * double(n + 1) / grid.length;
        for (std::size_t i = 0; i < u.size(); ++i) {
          u[i] +=
              parameters[2 * n] * std::sin(k * x[i]) + parameters[2 * n + 1] * std::cos(k * x[i]);
        }
      }
    };
    return {pde_, initial, parameters};
  }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    Rng rng(seed, split, index, 2);
    std::vector<double> parameters(2 * waves, 0.);
    for (int wave = 0; wave < 2; ++wave) {
      auto const n = std::min(std::size_t(rng.uniform(0, double(waves))), waves - 1);
      double const amplitude = rng.uniform(0, 1), phase = rng.uniform(0, 2 * std::numbers::pi);
      parameters[2 * n] += amplitude * std::cos(phase);
      parameters[2 * n + 1] += amplitude * std::sin(phase);
    }
    return problem(parameters);
  }

 private:
  std::shared_ptr<Pde const> pde_;
  double horizon_;
};

}  // namespace

std::unique_ptr<PdeFamily> make_wave_family(std::unique_ptr<Pde> pde, double horizon)
{
  return std::make_unique<WaveFamily>(std::move(pde), horizon);
}

}  // namespace tessera::domains
