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
    auto const n = std::size_t(functions_);
    // Beyond the last cell stands the first again.
    std::size_t const last = std::min(where.last_cell, grid.cells),
                      inside = (last - where.first_cell) * n, again = (where.last_cell - last) * n;
    auto to = values.begin();
    for (std::size_t level = where.first_level; level < where.last_level; ++level) {
      auto const row = values_.begin() + long(level * grid.cells * n);
      to = std::copy_n(row + long(where.first_cell * n), inside, to);
      to = std::copy_n(row, again, to);
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
