#include <algorithm>

#include <fmt/format.h>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>

namespace tessera::constraint {
namespace {

class TabulatedBasis final : public BasisBank {
 public:
  TabulatedBasis(domains::SpaceTimeGrid const &grid, std::span<double const> values, int functions)
      : grid_(grid), values_(values), functions_(functions)
  {
    if (functions < 1 || values.size() != grid.size() * std::size_t(functions)) {
      throw InputError(fmt::format("{} numbers are not {} functions on {} levels x {} cells",
                                   values.size(), functions, grid.levels, grid.cells));
    }
  }
  std::string kind() const override { return "tabulated"; }
  int functions() const override { return functions_; }
  bool per_sample() const override { return true; }
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &, domains::Box const &where,
                domains::PdeSample const &, std::span<double> values) const override
  {
    if (grid != grid_) throw InputError("functions tabulated on another grid cannot be used here");
    std::size_t const row = where.cells() * std::size_t(functions_);
    for (std::size_t l = 0; l < where.levels(); ++l) {
      auto const from =
          ((where.first_level + l) * grid.cells + where.first_cell) * std::size_t(functions_);
      std::copy_n(values_.begin() + long(from), row, values.begin() + long(l * row));
    }
  }

 private:
  domains::SpaceTimeGrid grid_;
  std::span<double const> values_;
  int functions_;
};

}  // namespace

std::unique_ptr<BasisBank> make_tabulated_basis(domains::SpaceTimeGrid const &grid,
                                                std::span<double const> values, int functions)
{
  return std::make_unique<TabulatedBasis>(grid, values, functions);
}

}  // namespace tessera::constraint
