#include "basis_layout.hpp"

#include <type_traits>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "knots.hpp"

namespace tessera::constraint {
namespace {

using domains::PdeSample;
using domains::SpaceTimeGrid;

void expect_axes(std::size_t axes, SpaceTimeGrid const &grid)
{
  if (grid.dimensions() == axes) return;
  throw InputError(
      fmt::format("a grid over {} axes of space for a basis network over {}; make the network "
                  "with so many axes as the grid has",
                  grid.dimensions(), axes));
}

std::vector<double> const &told_of(PdeSample const &sample, int parameters)
{
  auto const &told = sample.told.empty() ? sample.parameters : sample.told;
  if (told.size() == std::size_t(parameters)) return told;
  throw InputError(fmt::format("a sample with {} parameters for a network that takes {}",
                               told.size(), parameters));
}

/// Of a place among so many cells. From ghost cell to ghost cell where boundary values stand there,
/// so that this is where layers on grids of other widths lie on each other; else from end to end.
class Coordinate {
 public:
  Coordinate(domains::Boundary const &boundary, std::size_t cells) : cells_(cells)
  {
    using Kind = domains::EndRule::Kind;
    if (!boundary.periodic && boundary.left.kind == Kind::reservoir) begin_ = 1;
  }
  double operator()(std::size_t place) const
  {
    return (double(place) + begin_) / (double(cells_) + 2 * begin_ - 1);
  }

 private:
  double begin_ = 0.5;
  std::size_t cells_;
};

/// One axis of space: the operator is over (t, x), and its outputs are the functions.
template <class T>
class OverTime final : public BasisLayout<T> {
 public:
  explicit OverTime(BasisNetworkOptions const &options) : options_(options) {}

  nn::Fno2dOptions sized() const override
  {
    nn::Fno2dOptions fno = options_.fno;
    fno.inputs = 2 + options_.parameters + int(options_.profiles.size());
    return fno;
  }
  std::array<std::size_t, 2> points(SpaceTimeGrid const &grid) const override
  {
    expect_axes(1, grid);
    return {grid.levels, grid.cells};
  }
  void put_inputs(SpaceTimeGrid const &grid, PdeSample const &sample,
                  std::vector<T> &inputs) const override
  {
    auto const t = grid.times();
    auto const &told = told_of(sample, options_.parameters);
    std::vector<std::vector<double>> profiles;
    for (double const multiple : options_.profiles) {
      SpaceTimeGrid other = grid;
      other.horizon *= multiple;
      sample.lift(other, profiles.emplace_back(grid.size()));
    }
    Coordinate const x(sample.pde->boundary(), grid.cells);
    std::size_t k = 0;
    for (std::size_t p = 0; p < grid.size(); ++p) {
      inputs[k++] = T(t[p / grid.cells] / options_.horizon);
      inputs[k++] = T(x(p % grid.cells));
      for (double const parameter : told) inputs[k++] = T(parameter);
      for (auto const &profile : profiles) inputs[k++] = T(profile[p]);
    }
  }
  std::span<double const> read(SpaceTimeGrid const &, std::vector<T> const &outputs,
                               std::vector<double> &own) const override
  {
    if constexpr (std::is_same_v<T, double>) return outputs;
    own.assign(outputs.begin(), outputs.end());
    return own;
  }
  std::vector<T> pull_back(SpaceTimeGrid const &, std::span<double const> bar) const override
  {
    return {bar.begin(), bar.end()};
  }
  double flops(SpaceTimeGrid const &) const override { return 0; }

 private:
  BasisNetworkOptions options_;
};

/// Two axes of space: the operator is over (x, y), and its outputs are values of the functions at
/// knots in t, (knot, function) at a cell.
template <class T>
class OverSpace final : public BasisLayout<T> {
 public:
  explicit OverSpace(BasisNetworkOptions const &options) : options_(options)
  {
    if (options_.knots < 1 || !(options_.horizon > 0)) {
      throw InputError(fmt::format(
          "a basis network over two axes of space with {} knots over {} s; both are positive",
          options_.knots, options_.horizon));
    }
  }

  nn::Fno2dOptions sized() const override
  {
    nn::Fno2dOptions fno = options_.fno;
    fno.inputs = 3 + options_.parameters + int(options_.profiles.size());
    fno.outputs *= options_.knots;
    return fno;
  }
  std::array<std::size_t, 2> points(SpaceTimeGrid const &grid) const override
  {
    expect_axes(2, grid);
    std::size_t const x = grid.axis(0).cells, y = grid.axis(1).cells;
    nn::Fno2dOptions const &fno = options_.fno;
    if (2 * std::size_t(fno.modes_t) > x || 2 * std::size_t(fno.modes_x) > y) {
      throw InputError(
          fmt::format("{} x {} modes, along x and y, do not exist on {} x {} "
                      "cells; take fewer modes or a finer grid",
                      fno.modes_t, fno.modes_x, x, y));
    }
    // A polynomial says nothing beyond its knots; as much as rounding does is no matter.
    if (grid.horizon > options_.horizon * (1 + 1e-9)) {
      throw InputError(fmt::format(
          "a grid up to {} s for a basis network with knots up to {} s; take a shorter grid, or "
          "a network of its horizon",
          grid.horizon, options_.horizon));
    }
    return {x, y};
  }
  void put_inputs(SpaceTimeGrid const &grid, PdeSample const &sample,
                  std::vector<T> &inputs) const override
  {
    auto const &told = told_of(sample, options_.parameters);
    std::vector<std::vector<double>> fields{sample.start(grid)};
    for (double const multiple : options_.profiles) {
      SpaceTimeGrid ends = grid;
      ends.levels = 2;
      ends.horizon = options_.horizon * multiple;
      std::vector<double> lift(ends.size());
      sample.lift(ends, lift);
      fields.emplace_back(lift.begin() + long(grid.cells), lift.end());
    }
    auto const x = coordinates(grid, sample, 0), y = coordinates(grid, sample, 1);
    std::size_t k = 0;
    for (std::size_t i = 0; i < grid.cells; ++i) {
      for (auto const &field : fields) inputs[k++] = T(field[i]);
      inputs[k++] = T(x[i / y.size()]);
      inputs[k++] = T(y[i % y.size()]);
      for (double const parameter : told) inputs[k++] = T(parameter);
    }
  }
  std::span<double const> read(SpaceTimeGrid const &grid, std::vector<T> const &outputs,
                               std::vector<double> &own) const override
  {
    own.resize(grid.size() * functions());
    knots(grid).interpolate(grid.cells, functions(), outputs.data(), own.data());
    return own;
  }
  std::vector<T> pull_back(SpaceTimeGrid const &grid, std::span<double const> bar) const override
  {
    std::vector<T> out(grid.cells * std::size_t(options_.knots) * functions());
    knots(grid).pull_back(grid.cells, functions(), bar.data(), out.data());
    return out;
  }
  double flops(SpaceTimeGrid const &grid) const override
  {
    return 2. * double(grid.size()) * options_.knots * options_.fno.outputs;
  }

 private:
  std::size_t functions() const { return std::size_t(options_.fno.outputs); }
  Knots knots(SpaceTimeGrid const &grid) const
  {
    auto shares = grid.times();
    for (double &t : shares) t /= options_.horizon;
    return {std::size_t(options_.knots), shares};
  }
  /// Of the cells along an axis; 0 along one that is periodic, so that what is shifted there comes
  /// out shifted.
  static std::vector<double> coordinates(SpaceTimeGrid const &grid, PdeSample const &sample,
                                         std::size_t axis)
  {
    std::vector<double> out(grid.axis(axis).cells, 0.);
    auto const boundary = sample.pde->boundary_along(axis);
    Coordinate const at(boundary, out.size());
    for (std::size_t i = 0; !boundary.periodic && i < out.size(); ++i) out[i] = at(i);
    return out;
  }

  BasisNetworkOptions options_;
};

}  // namespace

template <class T>
std::unique_ptr<BasisLayout<T>> make_basis_layout(BasisNetworkOptions const &options)
{
  if (options.axes == 1) return std::make_unique<OverTime<T>>(options);
  if (options.axes == 2) return std::make_unique<OverSpace<T>>(options);
  throw InputError(
      fmt::format("a basis network over {} axes of space; there are those over 1 (an operator in "
                  "t and x) and over 2 (one in x and y, with the time in its outputs)",
                  options.axes));
}

template std::unique_ptr<BasisLayout<float>> make_basis_layout<float>(BasisNetworkOptions const &);
template std::unique_ptr<BasisLayout<double>> make_basis_layout<double>(
    BasisNetworkOptions const &);

}  // namespace tessera::constraint
