#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <tessera/domains/boundary.hpp>
#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// How storage and rate are told apart in storage(u)_t = rate(u, further terms).
enum class Form {
  rate,          ///< u_t = …: storage is u
  conservative,  ///< what a cell holds is stored; its integral changes by boundary fluxes alone
};

/// A function of named terms at many points, with derivatives. Spans may be empty where not asked
/// for, else have one number a point and derivative.
struct PointValues {
  std::span<double> value;
  std::span<double> gradient;  ///< (point, term)
  std::span<double> hessian;   ///< (point, upper triangle of term x term)
};

/// Values of terms at many points: (term), each (point).
using TermValues = std::span<std::span<double const> const>;

/// A scalar evolution equation on a box of one to three axes of space and (0, horizon): what
/// solvers of constrained least squares need to know of it. Its terms are u and linear operators of
/// u; formulae stand in a plug-in (pde_plugin.hpp); adding one touches no solver.
class Pde {
 public:
  virtual ~Pde() = default;
  virtual std::string name() const = 0;
  /// What u is, as the title of a picture has it.
  virtual std::string quantity() const { return "u"; }
  /// Whether the rows are linear in u: one step then solves them.
  virtual bool linear() const = 0;
  /// What holds at the ends of x.
  virtual Boundary boundary() const = 0;
  /// What holds at the ends of axis k, x the first: as at those of x unless an equation has others.
  virtual Boundary boundary_along(std::size_t k) const
  {
    static_cast<void>(k);
    return boundary();
  }
  /// The terms behind u, in the order in which the rate takes them.
  virtual std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const = 0;
  /// Storage of u, at points of one level.
  virtual void storage(Form form, std::span<double const> u, PointValues out) const = 0;
  /// Rate of the terms, u the first, at all cells of one level at time t.
  virtual void rate(Form form, SpaceTimeGrid const &grid, double t, TermValues terms,
                    PointValues out) const = 0;
  /// u_t - rate, of (u, u_t, the terms behind u), at the cells of one level from `first` on: the
  /// pointwise residual.
  virtual void residual(SpaceTimeGrid const &grid, double t, std::size_t first, TermValues terms,
                        PointValues out) const = 0;

  /// t d storage / d t of a field that still depends on (distance to the nearer end) / sqrt(t)
  /// alone, as a layer does that has met no other: bands storage + ghost. Returns false where
  /// fields of this equation do not start so. Shapes (cell, 3), (cell).
  virtual bool spreading(Form, SpaceTimeGrid const &, std::span<double>, std::span<double>) const
  {
    return false;
  }
  /// d rate by each term, u the first, and d storage / d u, frozen to constants: the operator of
  /// one step is storage - dt/2 rate, and its inverse measures rows in units of u. Shape (term).
  virtual std::vector<double> frozen_rate(Form form) const = 0;
  virtual double frozen_storage(Form form) const = 0;

  /// A field with the initial values, and boundary values where it has them, and a distance that
  /// vanishes where the lift is exact: u = lift + distance x anything. Shapes of `initial` (cell),
  /// else (level, cell).
  virtual void lift(SpaceTimeGrid const &grid, std::span<double const> initial,
                    std::span<double> field) const = 0;
  virtual void distance(SpaceTimeGrid const &grid, std::span<double> field) const = 0;

  /// What the domain holds at one level, and what flows into it per second. Shape of u (cell).
  virtual double content(SpaceTimeGrid const &grid, std::span<double const> u) const = 0;
  virtual double inflow(SpaceTimeGrid const &grid, std::span<double const> u) const = 0;

  /// The true field. Shapes (cell), (level, cell). Throws SolverError.
  virtual void truth(SpaceTimeGrid const &grid, std::span<double const> initial,
                     std::span<double> field) const = 0;
};

}  // namespace tessera::domains
