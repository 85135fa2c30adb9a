#include <cmath>
#include <numbers>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::constraint {
namespace {

/// A bank whose functions are formulae in t and x, the same in all boxes.
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
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      for (std::size_t i = where.first_cell; i < where.last_cell; ++i) {
        double const t = double(n) * grid.interval(), x = (double(i) + 0.5) * grid.width();
        for (int j = 0; j < functions_; ++j) values[k++] = value(grid, j, t, x);
      }
    }
  }

 protected:
  virtual double value(domains::SpaceTimeGrid const &grid, int function, double t,
                       double x) const = 0;
  int functions_;
};

class RandomFeatures final : public FormulaBasis {
 public:
  RandomFeatures(int functions, std::uint64_t seed, double length) : FormulaBasis(functions)
  {
    for (int j = 0; j < functions; ++j) {
      Rng rng(seed, "random_features", std::uint64_t(j));
      double const k_t = rng.normal() / length, k_x = rng.normal() / length;
      waves_.push_back({k_t, k_x, rng.uniform(0, 2 * std::numbers::pi)});
    }
    waves_[0] = {0, 0, 0};
  }
  std::string kind() const override { return "random_features"; }

 private:
  struct Wave {
    double in_time, in_space, phase;
  };
  double value(domains::SpaceTimeGrid const &grid, int j, double t, double x) const override
  {
    Wave const &wave = waves_[std::size_t(j)];
    return std::cos(wave.in_time * t / grid.horizon + wave.in_space * x / grid.length + wave.phase);
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
  double value(domains::SpaceTimeGrid const &grid, int j, double t, double x) const override
  {
    if (functions_ > 1 && j == 0) return 1;
    if (t == 0) return 0;
    double const share = functions_ > 2 ? double(j - 1) / double(functions_ - 2) : 0,
                 retardation = functions_ > 2 ? 3 * std::pow(4, share) : 3.5;
    return std::erfc((x + grid.width() / 2) / (2 * std::sqrt(diffusion_ * t / retardation)));
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
