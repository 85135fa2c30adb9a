#pragma once

#include <algorithm>
#include <utility>

#include <tessera/domains/jet.hpp>
#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// Makes the pointwise functions of Pde from a plug-in's formulae, which are templates over the
/// scalar: `S stored(Form, S u)` and `S change(Form, double x, double t, S u, S term…)` of N terms,
/// u the first, with stored(u)_t = change; x is the middle of the cell along the first axis.
/// Derivatives come from jets; a plug-in derives from this and adds the rest of `Base`.
template <class Plugin, int N, class Base = Pde>
class PdePlugin : public Base {
 public:
  void storage(Form form, std::span<double const> u, PointValues out) const override
  {
    for (std::size_t i = 0; i < u.size(); ++i) {
      put(self().stored(form, Jet<1>::variable(u[i], 0)), i, out);
    }
  }

  void rate(Form form, SpaceTimeGrid const &grid, double t, TermValues terms,
            PointValues out) const override
  {
    auto const at = [&](std::size_t i, int k) {
      return Jet<N>::variable(terms[std::size_t(k)][i], k);
    };
    for (std::size_t i = 0; i < terms[0].size(); ++i) {
      put(change_of(form, centre(grid, i), t, i, at, Numbers()), i, out);
    }
  }

  void residual(SpaceTimeGrid const &grid, double t, std::size_t first, TermValues terms,
                PointValues out) const override
  {
    auto const at = [&](std::size_t i, int k) {
      int const place = k == 0 ? 0 : k + 1;  // u_t stands behind u
      return Jet<N + 1>::variable(terms[std::size_t(place)][i], place);
    };
    for (std::size_t i = 0; i < terms[0].size(); ++i) {
      put(Jet<N + 1>::variable(terms[1][i], 1) -
              change_of(Form::rate, centre(grid, first + i), t, i, at, Numbers()),
          i, out);
    }
  }

 private:
  using Numbers = std::make_integer_sequence<int, N>;
  Plugin const &self() const { return static_cast<Plugin const &>(*this); }
  template <class At, int... K>
  auto change_of(Form form, double x, double t, std::size_t point, At const &at,
                 std::integer_sequence<int, K...>) const
  {
    return self().change(form, x, t, at(point, K)...);
  }
  static double centre(SpaceTimeGrid const &grid, std::size_t cell)
  {
    return (static_cast<double>(grid.place(cell, 0)) + 0.5) * grid.width();
  }
  template <int M>
  static void put(Jet<M> const &jet, std::size_t point, PointValues const &out)
  {
    if (!out.value.empty()) out.value[point] = jet.value;
    if (!out.gradient.empty()) {
      std::copy(jet.gradient.begin(), jet.gradient.end(), &out.gradient[point * M]);
    }
    if (!out.hessian.empty()) {
      std::copy(jet.hessian.begin(), jet.hessian.end(),
                &out.hessian[point * std::size_t(Jet<M>::hessian_size)]);
    }
  }
};

}  // namespace tessera::domains
