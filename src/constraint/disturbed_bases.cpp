#include <cmath>

#include <Eigen/QR>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/rng.hpp>

#include "box_places.hpp"

namespace tessera::constraint {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A bank that changes another one's values.
class DisturbedBasis : public BasisBank {
 public:
  DisturbedBasis(BasisBank const &bank, std::uint64_t seed) : bank_(bank), seed_(seed) {}
  std::string kind() const override { return bank_.kind(); }
  int functions() const override { return bank_.functions(); }
  bool per_sample() const override { return bank_.per_sample(); }

 protected:
  BasisBank const &bank_;
  std::uint64_t seed_;
};

class RotatedBasis final : public DisturbedBasis {
 public:
  using DisturbedBasis::DisturbedBasis;
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &box,
                domains::Box const &where, domains::PdeSample const &sample,
                std::span<double> values) const override
  {
    bank_.evaluate(grid, box, where, sample, values);
    auto const n = Eigen::Index(functions());
    Rng rng(seed_, "rotated_basis", box.first_level * grid.cells + box.cell(grid, 0));
    Eigen::MatrixXd square(n, n);
    for (double &entry : square.reshaped()) entry = rng.normal();
    Eigen::MatrixXd const q = square.householderQr().householderQ();
    Eigen::Map<Rows> all(values.data(), Eigen::Index(where.size()), n);
    all = (all * q).eval();
  }
};

class NoisyBasis final : public DisturbedBasis {
 public:
  NoisyBasis(BasisBank const &bank, double amplitude, std::uint64_t seed)
      : DisturbedBasis(bank, seed), amplitude_(amplitude)
  {
  }
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &box,
                domains::Box const &where, domains::PdeSample const &sample,
                std::span<double> values) const override
  {
    bank_.evaluate(grid, box, where, sample, values);
    auto const cells = cells_of(where, grid);
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      for (std::size_t const cell : cells) {
        Rng rng(seed_, "noisy_basis", n * grid.cells + cell);
        for (int j = 0; j < functions(); ++j) values[k++] += amplitude_ * rng.normal();
      }
    }
  }

 private:
  double amplitude_;
};

}  // namespace

std::unique_ptr<BasisBank> make_rotated_basis(BasisBank const &bank, std::uint64_t seed)
{
  return std::make_unique<RotatedBasis>(bank, seed);
}

std::unique_ptr<BasisBank> make_noisy_basis(BasisBank const &bank, double amplitude,
                                            std::uint64_t seed)
{
  return std::make_unique<NoisyBasis>(bank, amplitude, seed);
}

}  // namespace tessera::constraint
