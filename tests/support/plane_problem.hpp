#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include <tessera/domains/pde_sample.hpp>
#include <tessera/domains/plain_pde.hpp>

// A problem over two axes of space, with what a network sees of one.
namespace tessera::twins {

/// Boundaries of two axes and a lift that decays; the rest is that of u_t = 0.
class Plane final : public domains::PlainPde {
 public:
  explicit Plane(std::array<domains::Boundary, 2> const &boundaries) : boundaries_(boundaries) {}
  std::string name() const override { return "plane"; }
  bool linear() const override { return true; }
  domains::Boundary boundary() const override { return boundaries_[0]; }
  domains::Boundary boundary_along(std::size_t k) const override { return boundaries_[k]; }
  std::vector<domains::LinearTerm> terms(domains::SpaceTimeGrid const &) const override
  {
    return {};
  }
  void storage(domains::Form, std::span<double const>, domains::PointValues) const override {}
  void rate(domains::Form, domains::SpaceTimeGrid const &, double, domains::TermValues,
            domains::PointValues) const override
  {
  }
  void residual(domains::SpaceTimeGrid const &, double, std::size_t, domains::TermValues,
                domains::PointValues) const override
  {
  }
  std::vector<double> frozen_rate(domains::Form) const override { return {0}; }
  /// The initial field times exp(-t).
  void lift(domains::SpaceTimeGrid const &grid, std::span<double const> initial,
            std::span<double> field) const override
  {
    auto const t = grid.times();
    for (std::size_t p = 0; p < grid.size(); ++p) {
      field[p] = std::exp(-t[p / grid.cells]) * initial[p % grid.cells];
    }
  }

 private:
  std::array<domains::Boundary, 2> boundaries_;
};

/// A few waves, moved on by so many cells along x and y.
inline domains::PdeSample plane_problem(std::array<domains::Boundary, 2> const &boundaries,
                                        std::array<std::size_t, 2> shift = {0, 0})
{
  auto const waves = [shift](domains::SpaceTimeGrid const &grid, std::span<double> out) {
    double const turn = 2 * std::numbers::pi;
    auto const along = [&](std::size_t cell, std::size_t k) {
      std::size_t const n = grid.axis(k).cells;
      return turn * (double((grid.place(cell, k) + n - shift[k]) % n) + 0.5) / double(n);
    };
    for (std::size_t i = 0; i < out.size(); ++i) {
      double const x = along(i, 0), y = along(i, 1);
      out[i] = 0.7 * std::sin(x + 0.4) - 0.5 * std::cos(y) + 0.3 * std::sin(x - 2 * y);
    }
  };
  return {std::make_shared<Plane>(boundaries), waves, {0.3}};
}

}  // namespace tessera::twins
