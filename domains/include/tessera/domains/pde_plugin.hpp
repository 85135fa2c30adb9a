#pragma once

#include <algorithm>

#include <tessera/domains/jet.hpp>
#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// Makes the pointwise functions of Pde from a plug-in's formulae, which are templates over the
/// scalar: `S stored(Form, S u)` and `S change(Form, double x, double t, S u, S u_xx)`, with
/// stored(u)_t = change. Derivatives come from jets; a plug-in derives from this and adds the rest
/// of Pde.
template <class Plugin>
class PdePlugin : public Pde {
 public:
  void storage(Form form, std::span<double const> u, PointValues out) const override
  {
    for (std::size_t i = 0; i < u.size(); ++i) {
      put(self().stored(form, Jet<1>::variable(u[i], 0)), i, out);
    }
  }

  void rate(Form form, SpaceTimeGrid const &grid, double t, std::span<double const> u,
            std::span<double const> u_xx, PointValues out) const override
  {
    for (std::size_t i = 0; i < u.size(); ++i) {
      put(self().change(form, centre(grid, i), t, Jet<2>::variable(u[i], 0),
                        Jet<2>::variable(u_xx[i], 1)),
          i, out);
    }
  }

  void residual(SpaceTimeGrid const &grid, double t, std::size_t first, std::span<double const> u,
                std::span<double const> u_t, std::span<double const> u_xx,
                PointValues out) const override
  {
    for (std::size_t i = 0; i < u.size(); ++i) {
      put(Jet<3>::variable(u_t[i], 1) - self().change(Form::rate, centre(grid, first + i), t,
                                                      Jet<3>::variable(u[i], 0),
                                                      Jet<3>::variable(u_xx[i], 2)),
          i, out);
    }
  }

 private:
  Plugin const &self() const { return static_cast<Plugin const &>(*this); }
  static double centre(SpaceTimeGrid const &grid, std::size_t cell)
  {
    return (static_cast<double>(cell) + 0.5) * grid.width();
  }
  template <int N>
  static void put(Jet<N> const &jet, std::size_t point, PointValues const &out)
  {
    if (!out.value.empty()) out.value[point] = jet.value;
    if (!out.gradient.empty()) {
      std::copy(jet.gradient.begin(), jet.gradient.end(), &out.gradient[point * N]);
    }
    if (!out.hessian.empty()) {
      std::copy(jet.hessian.begin(), jet.hessian.end(),
                &out.hessian[point * std::size_t(Jet<N>::hessian_size)]);
    }
  }
};

}  // namespace tessera::domains
