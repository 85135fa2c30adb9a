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
    // Cells along the last axis lie side by side; beyond the last stands the first again.
    std::size_t const axis = grid.dimensions() - 1;
    domains::Range const run = where.along(axis);
    std::size_t const last = std::min(run.last, grid.axis(axis).cells),
                      inside = (last - run.first) * n, again = (run.last - last) * n;
    auto to = values.begin();
    for (std::size_t level = where.first_level; level < where.last_level; ++level) {
      for (std::size_t i = 0; i < where.cells(); i += run.size()) {
        std::size_t const cell = level * grid.cells + where.cell(grid, i);
        auto const row = values_.begin() + long(cell * n);
        to = std::copy_n(row, inside, to);
        to = std::copy_n(row - long(run.first * n), again, to);
      }
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
