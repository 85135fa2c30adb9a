#include <array>
#include <cmath>
#include <numbers>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

#include "box_places.hpp"

namespace tessera::constraint {
namespace {

using Middle = std::array<double, 3>;  ///< of a cell, (axis)

/// A bank whose functions are formulae in t and space, the same in all boxes.
class FormulaBasis : public BasisBank {
 public:
  explicit FormulaBasis(int functions) : functions_(functions)
  {
    if (functions < 1) throw InputError("a basis needs at least one function");
  }
  int functions() const override { return functions_; }
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &, domains::Box const &where,
                domains::PdeSample const &, std::span<double> values) const override
  {
    std::vector<Middle> middles(where.cells());
    for (std::size_t i = 0; i < middles.size(); ++i) {
      Places const at = places(where, i);
      for (std::size_t k = 0; k < grid.dimensions(); ++k) {
        middles[i][k] = (double(at[k]) + 0.5) * grid.axis(k).width();
      }
    }
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      double const t = double(n) * grid.interval();
      for (Middle const &x : middles) {
        for (int j = 0; j < functions_; ++j) values[k++] = value(grid, j, t, x);
      }
    }
  }

 protected:
  virtual double value(domains::SpaceTimeGrid const &grid, int function, double t,
                       Middle const &x) const = 0;
  int functions_;
};

class RandomFeatures final : public FormulaBasis {
 public:
  RandomFeatures(int functions, std::uint64_t seed, double length) : FormulaBasis(functions)
  {
    for (int j = 0; j < functions; ++j) {
      Rng rng(seed, "random_features", std::uint64_t(j));
      Wave wave;
      wave.in_time = rng.normal() / length;
      wave.in_space[0] = rng.normal() / length;
      wave.phase = rng.uniform(0, 2 * std::numbers::pi);
      for (std::size_t k : {1, 2}) wave.in_space[k] = rng.normal() / length;
      waves_.push_back(wave);
    }
    waves_[0] = {};
  }
  std::string kind() const override { return "random_features"; }

 private:
  struct Wave {
    double in_time = 0, phase = 0;
    std::array<double, 3> in_space{};
  };
  double value(domains::SpaceTimeGrid const &grid, int j, double t, Middle const &x) const override
  {
    Wave const &wave = waves_[std::size_t(j)];
    double angle =
        wave.in_time * t / grid.horizon + wave.in_space[0] * x[0] / grid.length + wave.phase;
    for (std::size_t k = 1; k < grid.dimensions(); ++k) {
      angle += wave.in_space[k] * x[k] / grid.axis(k).length;
    }
    return std::cos(angle);
  }
  std::vector<Wave> waves_;
};

class SimilarityBasis final : public FormulaBasis {
 public:
  SimilarityBasis(int functions, double diffusion) : FormulaBasis(functions), diffusion_(diffusion)
  {
  }
  std::string kind() const override { return "similarity"; }

 private:
  double value(domains::SpaceTimeGrid const &grid, int j, double t, Middle const &x) const override
  {
    if (functions_ > 1 && j == 0) return 1;
    if (t == 0) return 0;
    double const share = functions_ > 2 ? double(j - 1) / double(functions_ - 2) : 0,
                 retardation = functions_ > 2 ? 3 * std::pow(4, share) : 3.5;
    return std::erfc((x[0] + grid.width() / 2) / (2 * std::sqrt(diffusion_ * t / retardation)));
  }
  double diffusion_;
};

}  // namespace

std::unique_ptr<BasisBank> make_random_features(int functions, std::uint64_t seed, double length)
{
  return std::make_unique<RandomFeatures>(functions, seed, length);
}

std::unique_ptr<BasisBank> make_similarity_basis(int functions, double diffusion)
{
  return std::make_unique<SimilarityBasis>(functions, diffusion);
}

}  // namespace tessera::constraint
